import { late } from './parts/late.ts';

/**
 * What a person sees first: the pages, or the way in. Neither is loaded where the other one is shown; the server names the one
 * that will be in the head of the index page.
 */
export const Pages = late(() => import('./pages.tsx').then((all) => all.Pages));
export const SignInPage = late(() => import('./session/sign-in-page.tsx').then((all) => all.SignInPage));
