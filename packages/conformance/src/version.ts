/** The suite's version, as reports state it; a test compares it with package.json. */
export const SUITE_VERSION = "0.1.0";
