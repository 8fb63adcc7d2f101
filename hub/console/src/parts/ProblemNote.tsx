import type { ApiProblem } from '../api/client.ts';
import { Icon } from './Icon.tsx';

/** The first sentence carries the weight; what is to be typed stands out. */
function Words({ text }: { readonly text: string }) {
  const [lead = '', ...rest] = text.split(/(?<=\.) /);
  return (
    <>
      <strong>{lead}</strong>{' '}
      {rest
        .join(' ')
        .split('`')
        .map((part, i) => (i % 2 === 1 ? <code key={part}>{part}</code> : part))}
    </>
  );
}

/** An error: what is wrong, what to do, and the button that does it. */
export function ProblemNote({ problem, retry }: { readonly problem: ApiProblem; readonly retry?: () => void }) {
  return (
    <div class="problem" role="alert">
      <Icon name="warn" />
      <p>
        <Words text={problem.message} /> {problem.remedy}
      </p>
      {retry ? (
        <button type="button" class="button" onClick={retry}>
          Try again
        </button>
      ) : null}
    </div>
  );
}
