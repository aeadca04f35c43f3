import type { Problem } from '@callback-quorum/service'
import { formatOf, refreshMsOf, type ListEntry } from './list-entry.ts'

interface About {
  readonly profile: string
  readonly isStarterAllowed: (entry: ListEntry) => boolean
  readonly maxAgeOf: (entry: ListEntry) => number | 'none'
}

type Add = (member: string, problem: string, expected: string) => void

/** What the members of one list, and several lists together, must agree on. */
export const checkListEntries = (lists: readonly ListEntry[], about: About): readonly Problem[] =>
  lists.flatMap((entry, position) => {
    const problems: Problem[] = []
    const add: Add = (member, problem, expected) =>
      void problems.push({ path: ['lists', position, ...member.split('.')], problem, expected })
    const first = lists.map(({ source }) => source).indexOf(entry.source)
    if (first < position) add('source', `is already the source of lists[${String(first)}]`, 'each source once')
    checkOrigin(entry, about, add)
    checkAge(entry, about, add)
    checkFormat(entry, add)
    checkCrossCheck(entry, lists, add)
    return problems
  })

const ONLY_WITH_URL = ['redirect_hosts', 'ca', 'token_file', 'refresh'] as const

function checkOrigin(entry: ListEntry, { profile, isStarterAllowed }: About, add: Add): void {
  const { url, file, starter_list } = entry
  if (profile === 'production' && starter_list !== undefined)
    add('starter_list', 'is not for profile production', 'a list that is delivered')
  if (url !== undefined && file !== undefined) add('file', 'stands beside url', 'one of the two')
  if (url !== undefined && (new URL(url).username !== '' || new URL(url).password !== ''))
    add('url', 'holds a user or a password', 'a token in token_file')
  if (url === undefined) {
    for (const member of ONLY_WITH_URL)
      if (entry[member] !== undefined) add(member, 'has no meaning without url', 'this line left out')
    if (file === undefined && !isStarterAllowed(entry))
      add('file', 'is missing', 'the path of a delivered list, or url; starter_list: demo for a demonstration')
  }
}

function checkAge(entry: ListEntry, { isStarterAllowed, maxAgeOf }: About, add: Add): void {
  const { url, file, max_age } = entry
  const isStarter = url === undefined && file === undefined
  if (isStarter && typeof max_age === 'number')
    add('max_age', 'has no meaning for the starter list, which does not age', 'none')
  if (!isStarter && max_age === 'none' && (url !== undefined || !isStarterAllowed(entry)))
    add('max_age', 'is none for a delivered list', 'a duration such as 24h')
  const maxAgeMs = maxAgeOf(entry)
  if (url !== undefined && maxAgeMs !== 'none' && refreshMsOf(entry) * 2 > maxAgeMs)
    add('refresh', 'leaves no time for a second try before the list is too old', 'at most half of max_age')
}

/** Their parties are counted as they are read, so that a list without an address today can be told from a broken one. */
const NAME_FORMATS = ['eu-fsf', 'uk-sanctions', 'un-consolidated', 'ofac-advanced', 'ofac-enhanced'] as const
const ONLY_PLAIN = ['columns', 'delimiter', 'header'] as const

function checkFormat(entry: ListEntry, add: Add): void {
  const format = formatOf(entry)
  if (format === undefined) add('format', 'is missing', 'the format of this list')
  if (entry.url === undefined && entry.file === undefined && format !== undefined && format !== 'ofac-advanced')
    add('format', 'is not that of the starter list', 'ofac-advanced, or a list of your own')
  if (entry.gates.rows_min === 0 && (entry.source === 'ofac-sdn' || !NAME_FORMATS.some((name) => name === format)))
    add('gates.rows_min', 'is 0 for a list of addresses', 'what the list is known to have at least')
  if (format === 'plain' || format === undefined) return
  for (const member of ONLY_PLAIN)
    if (entry[member] !== undefined) add(member, `has no meaning for ${format}`, 'format: plain')
}

/** One that is compared waits for the other: in a circle nobody would ever begin. */
function checkCrossCheck(entry: ListEntry, lists: readonly ListEntry[], add: Add): void {
  const source = entry.gates.cross_check?.source
  if (source === undefined) return
  const other = lists.find((list) => list.source === source)
  if (other === undefined || other === entry)
    add('gates.cross_check.source', 'is no other list of this configuration', 'the source of another list')
  else if (other.gates.cross_check !== undefined)
    add('gates.cross_check.source', 'is a list that is compared with another one itself', 'a list without cross_check')
}
