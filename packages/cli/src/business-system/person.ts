const PERSON_LENGTH_MAX = 60
/** Letters of any script, their marks, and what stands between them in names. */
const PERSON = /^\p{L}[\p{L}\p{M}\p{N} .'’-]*$/u

export const PERSON_EXPECTED = `a name of letters, at most ${PERSON_LENGTH_MAX} characters`

/** A name as it is kept, one spelling for what looks the same; undefined when it is none. */
export function readPerson(text: string): string | undefined {
  const name = text.normalize('NFKC').trim().replaceAll(/\s+/g, ' ')
  return name.length <= PERSON_LENGTH_MAX && PERSON.test(name) ? name : undefined
}

/** Upper and lower case do not make another person. Both as readPerson returned them. */
export const isSamePerson = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()
