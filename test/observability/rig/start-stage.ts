import { CUSTODY } from '@callback-quorum/simulator'
import { startOtlpReceiver } from '../../otlp-receiver.ts'
import { openDoor, type Door } from './doors.ts'
import { everything, withInbox, writeEverything } from './everything.ts'
import { observe } from './observe.ts'
import { quietPort } from './quiet-port.ts'
import type { Stage } from './scenario.ts'

/** A vendor of sanctions that knows nothing against anybody. */
export const openVendor = (): Promise<Door> => openDoor(() => ({ identifications: [] }))

/** Everything that has series, healthy: gateway, all checkers with all their parts, business-lookup a second time with an inbox. */
export async function startStage(): Promise<Stage & { close(): Promise<void> }> {
  const vendor = await openVendor()
  const collector = await startOtlpReceiver()
  const closeOthers = async (): Promise<void> => {
    await vendor.close()
    await collector.close()
  }
  let token = ''
  const prepare = async (folder: string): Promise<void> => {
    token = await writeEverything(folder)
  }
  const observed = await observe({ prepare, edit: everything(vendor.origin, collector.url) }).catch(
    async (error: unknown) => {
      await closeOthers()
      throw error
    },
  )
  const close = async (): Promise<void> => {
    await observed.close()
    await closeOthers()
  }
  try {
    const port = await quietPort()
    const edit = withInbox(port, CUSTODY.organisation)
    const service = await observed.add({ name: 'business-lookup', label: 'business-lookup-inbox', edit })
    return { observed, vendor, inbox: { service, url: `http://127.0.0.1:${port}`, token }, close }
  } catch (error) {
    await close()
    throw error
  }
}
