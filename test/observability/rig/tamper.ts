import type { LiveService } from './live-service.ts'
import { waitFor } from './wait-for.ts'

/** Runs a statement in the database of a service, as somebody would who has its password; again while the busy server gives no connection. */
export async function tamper(service: LiveService, text: string, values: readonly unknown[] = []): Promise<void> {
  const database = await service.open()
  await waitFor(`done: ${text}`, async () => {
    await database.query({ text, values })
    return true
  })
}
