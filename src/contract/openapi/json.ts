/** A JSON object whose form only its reader knows. */
export type JsonObject = { [name: string]: unknown };
