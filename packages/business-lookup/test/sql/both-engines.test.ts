import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ENGINES, type Engine } from './sql-engines.ts'
import { BATCH, open, queryOf, wordOf, type Opened } from './sql-rig.ts'

const ADDRESS = '0x8B45b84e2cF29E5F826797dF7e1Aa93FC71a2bfd'

describe.each(ENGINES)('%s', (_, isHere, start) => {
  describe.runIf(isHere)('is there', () => {
    let engine: Engine
    const opened: Opened[] = []
    beforeAll(async () => {
      engine = await start()
    })
    afterAll(async () => {
      await Promise.all(opened.map(({ connector }) => connector.close()))
      await engine.close()
    })
    beforeEach(() => engine.run('delete from withdrawal'))

    const add = (reference = 'WD-1', amount = '1.5', state = 'approved'): Promise<void> =>
      engine.run(
        `insert into withdrawal values ('${reference}', '${state}', 'ETH', '${amount}', '${ADDRESS}', null, '2026-11-21 13:00:00+00')`,
      )
    const openHere = async (written: Readonly<Record<string, unknown>> = {}, map?: typeof BATCH): Promise<Opened> => {
      const base = { database_url: engine.readerUrl, query: queryOf(engine.placeholder) }
      const made = await open({ ...base, ...written }, map === undefined ? {} : { map })
      opened.push(made)
      return made
    }

    test('B12: finds one row, none, and two rows are ambiguous', async () => {
      const { ask, connector } = await openHere()
      expect(await connector.problems()).toEqual([])
      expect(await ask('WD-1')).toEqual({ found: 'none' })
      await add()
      expect(await ask('WD-1')).toMatchObject({
        found: 'one',
        intent: {
          status: { is: 'text', text: 'approved' },
          outputs: [{ amount: { is: 'text', text: '1.5' }, destination: { text: ADDRESS }, tag: { is: 'absent' } }],
          recordDigest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        },
      })
      await add()
      expect(await ask('WD-1')).toEqual({ found: 'many' })
    })

    test('reads the rows of a batch as its payments, and another state in one of them makes the state invalid', async () => {
      const { ask } = await openHere({}, BATCH)
      await add('WD-1', '1')
      await add('WD-1', '2')
      await add('WD-1', '3')
      const same = await ask('WD-1')
      expect(wordOf(same).split(' ').sort()).toEqual(['1', '2', '3'])
      expect(same).toMatchObject({ intent: { status: { is: 'text', text: 'approved' } } })
      await add('WD-1', '4', 'cancelled')
      expect(await ask('WD-1')).toMatchObject({
        found: 'one',
        intent: { status: { is: 'invalid', why: 'differs between the rows' }, asset: { is: 'text' } },
      })
    })

    test('reads a batch of a thousand payments, and one more is ambiguous', async () => {
      const { ask } = await openHere({}, BATCH)
      const row = `('WD-1', 'approved', 'ETH', '1', '${ADDRESS}', null, null)`
      await engine.run(`insert into withdrawal values ${Array.from({ length: 1_000 }, () => row).join(', ')}`)
      expect(wordOf(await ask('WD-1')).split(' ')).toHaveLength(1_000)
      await add()
      expect(await ask('WD-1')).toEqual({ found: 'many' })
    })

    test.each(['exact', 'long', 'double', 'single'] as const)(
      'reads an amount of type %s exactly or not at all',
      async (type) => {
        const amount = type === 'long' ? '9007199254740993' : '1.25'
        await add('WD-1', amount)
        const written = engine.types[type]
        await engine.run(`create table typed_${type} (reference varchar(64), amount ${written})`)
        await engine.run(`insert into typed_${type} values ('WD-1', ${amount})`)
        const columns = 'w.reference, state, asset, t.amount, address, memo, valid_until'
        const query = `select ${columns} from withdrawal w join typed_${type} t on t.reference = w.reference where w.reference = ${engine.placeholder}`
        const { ask } = await openHere({ query })
        const expected = { exact: '1.250000000000000000', long: amount, double: 'invalid', single: 'invalid' }
        expect(wordOf(await ask('WD-1'))).toBe(expected[type])
      },
    )

    test('a column that the result lacks or has twice is "cannot tell", and not an empty field', async () => {
      await add()
      for (const columns of [
        'reference, state, asset, amount, address, valid_until',
        'reference, state, asset, amount, address, memo, memo, valid_until',
      ]) {
        const { ask, connector, registry } = await openHere({ query: queryOf(engine.placeholder, columns) })
        expect(wordOf(await ask('WD-1'))).toBe('CONNECTOR_UNAVAILABLE')
        expect((await connector.problems()).join()).toContain('exactly one column memo')
        expect(await registry.metrics()).toContain('connector="sql",kind="malformed"} 1')
      }
    })

    test('a row of another reference, by whatever the database takes for equal, says so: comparing refuses it', async () => {
      await add('wd-1')
      const query = queryOf(engine.placeholder).replace('reference =', `'wd-1' = reference or '' =`)
      expect(await (await openHere({ query })).ask('WD-1')).toMatchObject({
        found: 'one',
        intent: { reference: { is: 'text', text: 'wd-1' } },
      })
      expect(wordOf(await (await openHere({ query })).ask('wd-1'))).toBe('1.5')
    })

    // Each of them once as the reference of a payment, which is then found, and by no other reference.
    test.each([`WD-1' or '1'='1`, `WD-1"; drop table withdrawal; --`, 'WD-1\\', '$1 ? ?? :x', '%', `\\' or 1=1 -- `])(
      'the reference %j is a value and never a part of the query',
      async (reference) => {
        const { ask } = await openHere()
        await add('WD-1')
        expect(await ask(reference)).toEqual({ found: 'none' })
        const quoted = reference.replaceAll("'", "''")
        await add(engine.placeholder === '?' ? quoted.replaceAll('\\', '\\\\') : quoted, '7')
        expect(wordOf(await ask(reference))).toBe('7')
        expect(wordOf(await ask('WD-1'))).toBe('1.5')
      },
    )

    test('a reference with a NUL or half a character is known to nobody and never sent', async () => {
      await add('WD-1')
      await add('WD-\ufffd')
      const { ask, connector } = await openHere()
      expect(await ask('WD-1\0')).toEqual({ found: 'none' })
      expect(await ask('WD-\ud800')).toEqual({ found: 'none' })
      expect(await connector.problems()).toEqual([])
    })

    test('a query that writes by the rights of somebody else changes nothing: its transaction is read only', async () => {
      await add()
      await engine.createTrap()
      const { ask } = await openHere({ query: queryOf(engine.placeholder).replace('withdrawal', 'trap') })
      expect(wordOf(await ask('WD-1'))).toBe('CONNECTOR_UNAVAILABLE')
      expect(await engine.rows('select reference from taken')).toEqual([])
    })

    test('a second statement behind the query is refused', async () => {
      await add()
      const { ask } = await openHere({ query: `${queryOf(engine.placeholder)}; commit; select 1` })
      expect(wordOf(await ask('WD-1'))).toBe('CONNECTOR_UNAVAILABLE')
    })

    test('a statement that is no query gives no record', async () => {
      const { ask } = await openHere({
        query: `update withdrawal set state = 'approved' where reference = ${engine.placeholder}`,
      })
      await add('WD-1', '1', 'cancelled')
      expect(wordOf(await ask('WD-1'))).toBe('CONNECTOR_UNAVAILABLE')
      expect(await engine.rows('select state from withdrawal')).toEqual([['cancelled']])
    })
  })
})
