/** RFC 7617 section 2; both parts are ASCII, and the user has no colon. */
export const basicCredentials = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
