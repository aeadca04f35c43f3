import { tryDay } from '../read-day.ts'
import type { FtmEntity } from './ftm-entity.ts'

/** What the Sanction entities of a file say of one of its other entities. */
export interface Grounds {
  readonly programs: readonly string[]
  /** The first day of the earliest one, YYYY-MM-DD. */
  readonly startedOn?: string
  /** The last day of the latest one; absent when any of them has no end, or an end that cannot be read, or when there is none. */
  readonly endsOn?: string
}

interface Sanction {
  readonly programs: readonly string[]
  readonly starts: readonly string[]
  readonly ends: readonly string[]
}

/** Gathers Sanction entities, which come in any order, under the entities that they are about. */
export class SanctionBook {
  readonly #byTarget = new Map<string, Sanction[]>()

  add(entity: FtmEntity): void {
    const codes = entity.values('programId')
    const programs = codes.length > 0 ? codes : entity.values('program')
    const sanction = {
      programs: programs.length > 0 ? programs : entity.values('authority'),
      starts: [...entity.values('startDate'), ...entity.values('listingDate')],
      ends: entity.values('endDate'),
    }
    for (const target of entity.values('entity')) {
      const known = this.#byTarget.get(target)
      if (known === undefined) this.#byTarget.set(target, [sanction])
      else known.push(sanction)
    }
  }

  /** True for an entity with any sanction, ended or not. */
  isUnder(id: string): boolean {
    return this.#byTarget.has(id)
  }

  of(id: string): Grounds {
    const sanctions = this.#byTarget.get(id) ?? []
    const [startedOn] = sanctions
      .flatMap(({ starts }) => starts.flatMap((date) => tryDay(date.slice(0, 10)) ?? []))
      .sort()
    const ends = sanctions.map(({ ends: dates }) => lastDayOf(dates))
    const endsOn = ends.includes(undefined) ? undefined : ends.sort().at(-1)
    return {
      programs: [...new Set(sanctions.flatMap(({ programs }) => programs))],
      ...(startedOn === undefined ? {} : { startedOn }),
      ...(endsOn === undefined ? {} : { endsOn }),
    }
  }
}

/** The last day that the dates of an end can mean: `2026` ends on its 31 December. Undefined when one of them cannot be read, or there is none. */
function lastDayOf(dates: readonly string[]): string | undefined {
  const days = dates.map(lastDay)
  return days.includes(undefined) ? undefined : days.sort().at(-1)
}

function lastDay(date: string): string | undefined {
  const [, year, month, day] = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:T.*)?$/.exec(date) ?? []
  if (year === undefined) return undefined
  if (day !== undefined) return tryDay(date.slice(0, 10))
  if (month === undefined) return `${year}-12-31`
  const end = new Date(Date.UTC(Number(year), Number(month), 0))
  return tryDay(`${year}-${month}-${String(end.getUTCDate()).padStart(2, '0')}`)
}
