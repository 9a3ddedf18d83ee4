/** The literal list that the partial index on active actions is declared with; both engines want it word for word. */
export const ACTIVE = "status in ('Pending', 'InProgress')";
