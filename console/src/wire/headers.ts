/**
 * Values of the contract whose files load the schema library, which would be half of the script. A test compares each
 * with the contract.
 */
export const CSRF_HEADER = 'x-cordon-csrf';
export const BACKGROUND_HEADER = 'x-cordon-background';
/** Machines that one call may name. */
export const MACHINES_MAXIMUM = 500;
/** Characters of a comment. */
export const COMMENT_MAXIMUM = 4000;
