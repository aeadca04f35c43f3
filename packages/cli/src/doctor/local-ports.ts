import { once } from 'node:events'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { isLoopbackHost, type ListenAddress } from '@callback-quorum/service'

/** Under which address this machine reaches its own listener. */
export function ownAddressOf(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}

/** Whether anybody listens there now; undefined where that could not be found out in time. Nothing is sent. */
export async function isTaken({ host, port }: ListenAddress, signal: AbortSignal): Promise<boolean | undefined> {
  if (signal.aborted) return undefined
  const socket = connect({ host: ownAddressOf(host), port })
  try {
    await once(socket, 'connect', { signal })
    return true
  } catch {
    return signal.aborted ? undefined : false
  } finally {
    // Nobody waits for it any more; what it still says must not end the process.
    socket.on('error', () => undefined)
    socket.destroy()
  }
}

/** Whether a listener on `host` can exist on this machine. */
export function isOwnHost(host: string): boolean {
  if (isLoopbackHost(host) || host === '0.0.0.0' || host === '::') return true
  return Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === host))
}
