/**
 * Values of the contract whose files load the schema library, which would be half of the script. A test compares each
 * with the contract.
 */
export const CSRF_HEADER = 'x-cordon-csrf';
export const BACKGROUND_HEADER = 'x-cordon-background';
/** Reads the first rows of the list of machines, as the server has named it to the browser already. */
export const FIRST_MACHINES = '/cordon/v1/machinesummaries?$orderby=computerDnsName&$top=100&$count=true';
/** Machines that one call may name. */
export const MACHINES_MAXIMUM = 500;
/** Characters of a comment. */
export const COMMENT_MAXIMUM = 4000;
