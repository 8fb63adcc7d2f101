/**
 * One shape for every command line of the project: `--help` that teaches, errors that name the remedy, exit codes that
 * mean something, and Ctrl-C that stops cleanly.
 */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/** Exit codes. Everything that is neither success nor a misuse of the command line is a failure. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** The command line is wrong: exit code 2, and a pointer to `--help`. */
export class UsageError extends Error {}

/** Something outside is wrong, and the person in front of the terminal can mend it: exit code 1, no stack. */
export class OperatorError extends Error {
  readonly remedy: string;
  /**
   * @param message what is wrong, with the name and the value.
   * @param remedy what to do about it, as a sentence.
   */
  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.remedy = remedy;
  }
}

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly default?: string | boolean;
  /** May be given several times, a string alone; its value is a list, empty where it is not given. */
  readonly multiple?: true;
  /** What stands for the value in the help: `FILE`. */
  readonly value?: string;
  readonly help: string;
}

export type Values<O extends Record<string, OptionSpec>> = {
  readonly [K in keyof O]: O[K]['type'] extends 'boolean'
    ? boolean
    : O[K] extends { readonly multiple: true }
      ? readonly string[]
      : O[K] extends { readonly default: string }
        ? string
        : string | undefined;
};

export interface Invocation<O extends Record<string, OptionSpec>> {
  readonly values: Values<O>;
  readonly positionals: readonly string[];
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
}

export interface Command {
  readonly summary: string;
  readonly help: string;
  readonly execute: (argv: readonly string[], signal: AbortSignal) => Promise<number>;
}

export interface CommandSpec<O extends Record<string, OptionSpec>> {
  /** One line for the list of commands. */
  readonly summary: string;
  /** How it is called: `edge detect --source FILE --model NAME --out FILE`. */
  readonly usage: string;
  /** A few sentences on what it does and what comes out. */
  readonly description: string;
  readonly options: O;
  readonly positionals?: boolean;
  readonly examples: readonly string[];
  /** @returns the exit code. */
  readonly run: (invocation: Invocation<O>) => Promise<number>;
}

function renderHelp<O extends Record<string, OptionSpec>>(spec: CommandSpec<O>): string {
  const rows = Object.entries({
    ...spec.options,
    help: { type: 'boolean', short: 'h', help: 'this text' } as OptionSpec,
  });
  const left = rows.map(
    ([name, option]) =>
      `${option.short ? `-${option.short}, ` : '    '}--${name}${option.type === 'string' ? ` ${option.value ?? 'VALUE'}` : ''}`,
  );
  const width = Math.max(...left.map((text) => text.length));
  const lines = rows.map(([, option], i) => {
    const fallback = option.default !== undefined && option.default !== false ? ` (default: ${option.default})` : '';
    return `  ${(left[i] ?? '').padEnd(width)}  ${option.help}${fallback}`;
  });
  return [
    spec.summary,
    '',
    `Usage: ${spec.usage}`,
    '',
    spec.description,
    '',
    'Options:',
    ...lines,
    '',
    'Examples:',
    ...spec.examples.map((example) => `  ${example}`),
    '',
  ].join('\n');
}

/** Turns a specification into a command: parsing, help and type-safe values. */
export function defineCommand<const O extends Record<string, OptionSpec>>(spec: CommandSpec<O>): Command {
  const help = renderHelp(spec);
  const config: ParseArgsOptionsConfig = { help: { type: 'boolean', short: 'h' } };
  for (const [name, option] of Object.entries(spec.options)) {
    config[name] = {
      type: option.type,
      ...(option.short ? { short: option.short } : {}),
      ...(option.default !== undefined ? { default: option.default } : {}),
      ...(option.multiple ? { multiple: true } : {}),
    };
  }
  return {
    summary: spec.summary,
    help,
    execute: async (argv, signal) => {
      let parsed: ReturnType<typeof parseArgs>;
      try {
        parsed = parseArgs({
          args: [...argv],
          options: config,
          allowPositionals: spec.positionals === true,
          strict: true,
        });
      } catch (problem) {
        throw new UsageError(problem instanceof Error ? problem.message : String(problem));
      }
      if (parsed.values.help === true) {
        process.stdout.write(help);
        return EXIT.ok;
      }
      const values: Record<string, unknown> = { ...parsed.values };
      for (const [name, option] of Object.entries(spec.options)) {
        if (option.type === 'boolean') values[name] ??= false;
        if (option.multiple) values[name] ??= [];
      }
      return await spec.run({ values: values as Values<O>, positionals: parsed.positionals, signal });
    },
  };
}

/** Reads a number option. @throws UsageError that names the option and the range. */
export function numberOption(
  name: string,
  text: string,
  range: { readonly min?: number; readonly max?: number } = {},
): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = range;
  if (!Number.isFinite(value) || value < min || value > max) {
    const bounds = [
      range.min !== undefined ? `at least ${range.min}` : '',
      range.max !== undefined ? `at most ${range.max}` : '',
    ]
      .filter(Boolean)
      .join(' and ');
    throw new UsageError(`--${name} takes a number${bounds ? ` of ${bounds}` : ''}; found "${text}"`);
  }
  return value;
}

/** Insists on an option. @throws UsageError that names it. */
export function required(name: string, value: string | undefined): string {
  if (value === undefined || value === '') throw new UsageError(`--${name} is missing`);
  return value;
}

export interface Program {
  /** Goes before what it says. */
  readonly name: string;
  /** How a person calls it: `npm run -s edge --`. */
  readonly call: string;
  readonly summary: string;
  /** Each is brought when it is asked for: what one command needs, no other has to wait for. */
  readonly commands: Readonly<Record<string, () => Promise<Command>>>;
}

async function programHelp(program: Program): Promise<string> {
  const width = Math.max(...Object.keys(program.commands).map((name) => name.length));
  const commands = await Promise.all(
    Object.entries(program.commands).map(async ([name, bring]) => ({ name, ...(await bring()) })),
  );
  return [
    program.summary,
    '',
    `Usage: ${program.call} <command> [options]`,
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    `Every command explains itself: ${program.call} <command> --help`,
    '',
  ].join('\n');
}

/** Who speaks to a person, and how that one is called with a command. */
type Caller = Pick<Program, 'name' | 'call'>;

/** Tells a person what went wrong, on stderr. @returns the exit code. */
function report({ name, call }: Caller, problem: unknown): number {
  const write = (text: string) => process.stderr.write(`${text}\n`);
  if (problem instanceof UsageError) {
    write(`${name}: ${problem.message}\nSee: ${call} --help`);
    return EXIT.usage;
  }
  if (problem instanceof OperatorError) {
    write(`${name}: ${problem.message}\n${problem.remedy}`);
    return EXIT.failed;
  }
  write(
    `${name}: this is a defect of the program, not of your input:\n${problem instanceof Error ? problem.stack : String(problem)}`,
  );
  return EXIT.failed;
}

/** npm passes a Ctrl-C on that the terminal has sent to everybody: what comes this soon after the first is the same one. */
const SAME_KEYPRESS_MS = 1000;

async function execute(caller: Caller, command: Command, argv: readonly string[]): Promise<number> {
  const stop = new AbortController();
  let stoppedAt = 0;
  const onSignal = () => {
    if (!stop.signal.aborted) {
      stoppedAt = performance.now();
      stop.abort();
    } else if (performance.now() - stoppedAt > SAME_KEYPRESS_MS) {
      process.exit(EXIT.failed);
    }
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    return await command.execute(argv, stop.signal);
  } catch (problem) {
    return report(caller, problem);
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** As {@link runProgram}, for a program that is one command: no command's name goes before its options. */
export async function runSingleCommand(
  caller: Caller,
  command: Command,
  argv: readonly string[] = process.argv.slice(2),
): Promise<void> {
  process.exitCode = await execute(caller, command, argv);
}

/**
 * Runs the command that the arguments name and sets the exit code. A first Ctrl-C or SIGTERM asks the command to stop, a
 * later one does not wait for it.
 */
export async function runProgram(program: Program, argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(await programHelp(program));
    process.exitCode = name === undefined ? EXIT.usage : EXIT.ok;
    return;
  }
  const bring = Object.hasOwn(program.commands, name) ? program.commands[name] : undefined;
  if (!bring) {
    process.exitCode = report(
      program,
      new UsageError(`there is no command "${name}"; there are: ${Object.keys(program.commands).join(', ')}`),
    );
    return;
  }
  process.exitCode = await execute({ name: program.name, call: `${program.call} ${name}` }, await bring(), rest);
}
