// The name of a cloud's host has the account's settings in it, so a host that does not exist is a setting that is wrong.

/** As a failure's code, which stands in front: the host of a token endpoint is another one. */
export const unresolved: RegExp = /^(?:ENOTFOUND|EAI_AGAIN) /u;
