import { late } from './parts/late.ts';

/**
 * What a person sees first: the pages, or the way in. Neither is loaded where the other one is shown; the server names what
 * will be in the head of the index page.
 */
export const Pages = late(() => import('./pages.tsx').then((all) => all.Pages));
export const SignInPage = late(() => import('./session/sign-in-page.tsx').then((all) => all.SignInPage));

export const MachinePage = late(() => import('./machine/machine-page.tsx').then((all) => all.MachinePage));
export const ActionsPage = late(() => import('./actions/actions-page.tsx').then((all) => all.ActionsPage));
export const AccessPage = late(() => import('./access/access-page.tsx').then((all) => all.AccessPage));

const BY_PATH: readonly (readonly [RegExp, { readonly load: () => Promise<unknown> }])[] = [
  [/^\/console\/machines\/./, MachinePage],
  [/^\/console\/actions/, ActionsPage],
  [/^\/console\/access/, AccessPage],
];

/** Loads all that the page at the address is made of, for who is signed in. */
export const loadPage = (path: string): Promise<unknown> =>
  Promise.all([Pages.load(), BY_PATH.find(([paths]) => paths.test(path))?.[1].load()]);
