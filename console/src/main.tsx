import './style/base.css';
import './style/shell.css';
import './style/parts.css';
import './style/lists.css';
import './style/pages.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { applyTheme, storedTheme } from './shell/theme.ts';

applyTheme(storedTheme());
createRoot(document.getElementById('console')!).render(<App />);
