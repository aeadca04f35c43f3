import type { Database, Transaction, TransactionOptions } from '@callback-quorum/service'

class RollBack extends Error {}

/** Runs `work` in a transaction that is rolled back whatever it does, and answers what it answered. */
export async function rolledBack<T>(
  database: Database,
  work: (tx: Transaction) => Promise<T>,
  options?: TransactionOptions,
): Promise<T> {
  const answers: T[] = []
  try {
    await database.transaction(async (tx) => {
      answers.push(await work(tx))
      throw new RollBack()
    }, options)
  } catch (error) {
    if (!(error instanceof RollBack)) throw error
  }
  const [answer] = answers
  if (answer === undefined) throw new Error('invariant: work that was rolled back has answered')
  return answer
}
