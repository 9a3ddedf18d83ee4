/** True of an action that is not final. Engines want both conditions as the indexes declare them. */
export const ACTIVE = "status in ('Pending', 'InProgress')";
/** True of all others. */
export const FINAL = "status not in ('Pending', 'InProgress')";

/**
 * What an active action stands under in the index that lets one action of a control be active on a machine: its control,
 * or its own id when it is of none. Engines want the index's expression as it is declared.
 * @param alias of `machine_action` with a point behind it, or nothing
 */
export const turn = (alias: string): string => `cast(coalesce(${alias}control, ${alias}id) as text)`;
