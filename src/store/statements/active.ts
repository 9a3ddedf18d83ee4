/** True of an action that is not final. */
export const ACTIVE = "status in ('Pending', 'InProgress')";

/** Where the turns of controls begin: greater than every id, smaller than every turn of a control. */
export const FIRST_CONTROL_TURN = "'~'";

/**
 * What an action stands under in the index that lets one action of a control be active on a machine: its control while it
 * is active, its own id when it is final or of no control. Engines want the index's expression as it is declared.
 * @param alias of `machine_action` with a point behind it, or nothing
 */
export const turn = (alias: string): string =>
  `cast(case when ${alias}${ACTIVE} and ${alias}control is not null then '~' || ${alias}control else ${alias}id end as text)`;

/** The turn of a control's active action; SQL of a text in, SQL of a text out. */
export const controlTurn = (control: string): string => `'~' || ${control}`;
