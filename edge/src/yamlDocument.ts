/** A YAML file that knows on which line each of its fields stands, so that an error can point at it. */
import { OperatorError } from '@safe-passage/cli';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';

export interface YamlDocument {
  readonly value: unknown;
  /** Line of a field (`broker.url`), counted from 1; the nearest parent's line where the field itself is not there. */
  lineOf(field: string): number;
}

/**
 * Parses one YAML document.
 *
 * @param fileName stands in the messages.
 * @throws OperatorError that names file, line and what is wrong.
 */
export function parseYaml(text: string, fileName: string): YamlDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const problem = document.errors[0];
  if (problem) {
    throw new OperatorError(
      `${fileName}, line ${lines.linePos(problem.pos[0]).line}: this is not valid YAML: ${problem.message}`,
      'Check the indentation (spaces, never tabs), the colons and the quotes around that line.',
    );
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 0 });
  } catch (cause) {
    throw new OperatorError(
      `${fileName} uses an alias or an anchor: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Write the value out where it is needed; quote a text that begins with *.',
      { cause },
    );
  }
  return {
    value,
    lineOf: (field) => {
      let node: unknown = document.contents;
      let offset = 0;
      for (const key of field === '' ? [] : field.split('.')) {
        if (!isMap(node)) break;
        const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
        if (!pair) break;
        if (isScalar(pair.key) && pair.key.range) offset = pair.key.range[0];
        node = pair.value;
      }
      return lines.linePos(offset).line;
    },
  };
}
