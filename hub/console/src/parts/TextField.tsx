import { useId } from 'preact/hooks';

export function TextField(props: {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  /** What is wrong with the value and what to do, where that is to be told. */
  readonly fault?: string | null;
  readonly onInput: (text: string) => void;
}) {
  const id = useId();
  const fault = props.fault ?? null;
  return (
    <div class="text-field">
      <label for={id}>{props.label}</label> <span class="quiet field-hint">{props.hint}</span>
      <input
        id={id}
        type="text"
        value={props.value}
        aria-invalid={fault !== null}
        aria-describedby={fault === null ? undefined : `${id}-fault`}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      {fault === null ? null : (
        <p class="field-problem" id={`${id}-fault`}>
          {fault}
        </p>
      )}
    </div>
  );
}
