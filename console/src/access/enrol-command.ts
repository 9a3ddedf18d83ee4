/** The command that enrols a device, ready to be pasted into a shell. @param token is base64url or alike */
export function enrolCommand(token: string, url: string): string {
  return `CORDON_ENROLMENT_TOKEN=${quoted(token)} ./cordon-agent install --url ${quoted(url)}`;
}

/** As one word of a POSIX shell. */
const quoted = (text: string): string =>
  /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
