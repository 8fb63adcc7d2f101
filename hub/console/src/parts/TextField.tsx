import { useId } from 'preact/hooks';

export function TextField(props: {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly onInput: (text: string) => void;
}) {
  const id = useId();
  return (
    <div class="text-field">
      <label for={id}>{props.label}</label> <span class="quiet field-hint">{props.hint}</span>
      <input id={id} type="text" value={props.value} onInput={(event) => props.onInput(event.currentTarget.value)} />
    </div>
  );
}
