import { SanctionsFault } from '../../faults.ts'
import type { ListedRow } from '../../list/listed-row.ts'
import { ownText } from '../own-text.ts'
import { featureRows, type ListedFeature } from './feature-rows.ts'

interface Party {
  readonly partyId: string
  readonly profileIds: Set<string>
  readonly nameParts: string[]
  readonly features: ListedFeature[]
}

export interface PartyEntry {
  readonly profileId: string
  readonly listId: string
  readonly programs: readonly string[]
  readonly designatedOn?: string
}

/** Gathers the parties that have listed addresses, joins what the later sanctions entries say of them, and gives the rows. */
export class PartyCollector {
  readonly #parties: Party[] = []
  readonly #entries = new Map<string, PartyEntry[]>()
  readonly #profileIds = new Set<string>()
  #party: Party | undefined
  #count = 0

  /** Parties so far, with or without an address. */
  get count(): number {
    return this.#count
  }

  openParty(partyId: string): void {
    this.#count += 1
    this.#party = { partyId, profileIds: new Set(), nameParts: [], features: [] }
  }

  closeParty(): void {
    const party = this.#party
    this.#party = undefined
    if (party === undefined || party.features.length === 0) return
    this.#parties.push(party)
    for (const profileId of party.profileIds) this.#profileIds.add(profileId)
  }

  addProfile(profileId: string): void {
    this.#party?.profileIds.add(profileId)
  }

  addNamePart(part: string): void {
    this.#party?.nameParts.push(ownText(part))
  }

  addFeature(featureId: string, code: string): ListedFeature {
    if (this.#party === undefined)
      throw new SanctionsFault('ERR_SANCTIONS_LIST_STRUCTURE', `feature ${featureId} belongs to no party`)
    const feature: ListedFeature = { featureId, code, details: [] }
    this.#party.features.push(feature)
    return feature
  }

  addEntry(entry: PartyEntry): void {
    if (!this.#profileIds.has(entry.profileId)) return
    const entries = this.#entries.get(entry.profileId)
    if (entries === undefined) this.#entries.set(entry.profileId, [entry])
    else entries.push(entry)
  }

  rows(): ListedRow[] {
    return this.#parties.flatMap((party) => {
      const entries = [...party.profileIds].flatMap((profileId) => this.#entries.get(profileId) ?? [])
      const [designatedOn] = entries.flatMap((entry) => entry.designatedOn ?? []).sort()
      const shared = {
        partyId: party.partyId,
        partyName: party.nameParts.join(' '),
        programs: [...new Set(entries.flatMap(({ programs }) => programs))],
        listIds: [...new Set(entries.map(({ listId }) => listId))],
        ...(designatedOn === undefined ? {} : { designatedOn }),
      }
      return party.features.flatMap((feature) => featureRows(feature, shared))
    })
  }
}
