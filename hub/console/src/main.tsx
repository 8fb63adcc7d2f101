import '@fontsource-variable/inter/index.css';
import './styles/tokens.css';
import './styles/controls.css';
import './styles/frame.css';
import './styles/queue.css';
import './styles/story.css';
import './styles/disposition.css';
import './styles/timeline.css';
import './styles/figure.css';
import './styles/roles.css';
import { render } from 'preact';
import { App } from './App.tsx';
import { createConsole } from './state/console.ts';

const root = document.getElementById('console');
if (!root) throw new Error('The page has no place for the console.');
const state = createConsole();
render(<App state={state} />, root);
void state.start();
