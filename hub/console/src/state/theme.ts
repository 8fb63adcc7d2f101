import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';

export type ThemeChoice = 'system' | 'dark' | 'light';

export interface Theme {
  readonly choice: Signal<ThemeChoice>;
  readonly effective: ReadonlySignal<'dark' | 'light'>;
}

const STORED_AS = 'safe-passage-theme';

function stored(): ThemeChoice {
  try {
    const value = localStorage.getItem(STORED_AS);
    return value === 'dark' || value === 'light' ? value : 'system';
  } catch {
    return 'system';
  }
}

/** Dark, unless the person or their system asks for light; paper is light. */
export function createTheme(): Theme {
  const choice = signal<ThemeChoice>(stored());
  const query = matchMedia('(prefers-color-scheme: light)');
  const systemIsLight = signal(query.matches);
  query.addEventListener('change', () => {
    systemIsLight.value = query.matches;
  });
  const paper = matchMedia('print');
  const onPaper = signal(paper.matches);
  paper.addEventListener('change', () => {
    onPaper.value = paper.matches;
  });
  const effective = computed(() => {
    if (onPaper.value) return 'light';
    if (choice.value !== 'system') return choice.value;
    return systemIsLight.value ? 'light' : 'dark';
  });
  effect(() => {
    document.documentElement.dataset.theme = effective.value;
    try {
      localStorage.setItem(STORED_AS, choice.value);
    } catch {
      // Storage may be forbidden; the choice then lasts as long as the page.
    }
  });
  return { choice, effective };
}
