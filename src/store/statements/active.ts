/** True of an action that is not final. Engines want both conditions as the indexes declare them. */
export const ACTIVE = "status in ('Pending', 'InProgress')";
/** True of all others. */
export const FINAL = "status not in ('Pending', 'InProgress')";
