/** True of an action that is not final. */
export const ACTIVE = "status in ('Pending', 'InProgress')";

/**
 * What an action stands under in the index that lets one action of a control be active on a machine: its control while it
 * is active, its own id when it is final. Engines want the index's expression as it is declared.
 * @param alias of `machine_action` with a point behind it, or nothing
 */
export const turn = (alias: string): string =>
  `cast(case when ${alias}${ACTIVE} then ${alias}control else ${alias}id end as text)`;
