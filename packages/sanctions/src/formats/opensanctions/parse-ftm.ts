import type { ListedRow, ParsedList } from '../../list/listed-row.ts'
import { misbuilt } from '../faults.ts'
import type { FormatReader } from '../format.ts'
import { tryDay } from '../read-day.ts'
import { LineReader } from '../text/line-reader.ts'
import { readFtmEntity, type FtmEntity } from './ftm-entity.ts'
import { SanctionBook } from './sanction-book.ts'
import { walletOf, walletRows, type Wallet } from './wallet-rows.ts'

/** What the strict JSON reader takes. The longest entities of OpenSanctions are some 100 kB. */
const LINE_LENGTH_MAX = 4 * 1024 * 1024

/**
 * Reads OpenSanctions' entities.ftm.json: one FollowTheMoney entity a line, in any order. Every CryptoWallet is listed, whatever its
 * topics: the operator chose the data set. Wallets are joined with the names of their holders and the sanctions of both.
 * Schema: followthemoney, CryptoWallet and Sanction. Throws SanctionsFault.
 */
export function createFtmParser(): FormatReader {
  const reader = new FtmReader()
  const lines = new LineReader(LINE_LENGTH_MAX, (line, number) => {
    reader.add(readFtmEntity(line, number))
  })
  return {
    write: (text) => {
      lines.write(text)
    },
    end: () => {
      lines.end()
      return reader.finish()
    },
  }
}

class FtmReader {
  readonly #wallets: Wallet[] = []
  /** Who may hold a wallet: the name of every entity that has one, since holders may come later than their wallets. */
  readonly #names = new Map<string, string>()
  readonly #sanctions = new SanctionBook()
  #lastSeen = ''

  add(entity: FtmEntity): void {
    if (entity.lastSeen > this.#lastSeen) this.#lastSeen = entity.lastSeen
    switch (entity.schema) {
      case 'CryptoWallet':
        this.#wallets.push(walletOf(entity))
        return
      case 'Sanction':
        this.#sanctions.add(entity)
        return
      default: {
        const name = entity.caption === '' ? entity.values('name')[0] : entity.caption
        if (name !== undefined) this.#names.set(entity.id, name)
      }
    }
  }

  finish(): ParsedList {
    if (this.#wallets.length === 0) throw misbuilt('the file has no CryptoWallet')
    const rows: ListedRow[] = []
    for (const wallet of this.#wallets)
      for (const row of walletRows(wallet, this.#names, this.#sanctions)) rows.push(row)
    const dateOfIssue = tryDay(this.#lastSeen.slice(0, 10))
    return {
      ...(dateOfIssue === undefined ? {} : { dateOfIssue }),
      codes: [...new Set(rows.map(({ code }) => code))],
      rows,
    }
  }
}
