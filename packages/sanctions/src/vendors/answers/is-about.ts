/** Whether an answer names the address that was asked about: in hexadecimal case has no meaning, elsewhere it is part of the address. */
export const isAbout = (asked: string, named: string): boolean =>
  asked.startsWith('0x') ? named.toLowerCase() === asked.toLowerCase() : named === asked
