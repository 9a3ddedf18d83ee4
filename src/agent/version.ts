/** Version of the agent, which is the package's; a test compares the two. */
export const AGENT_VERSION = '0.1.0';
