import type Koa from 'koa'

/** Hosts by which a browser of this machine reaches us. Any other name that leads here belongs to a site that rebinds its DNS. */
const HOSTS = ['127.0.0.1', 'localhost', '[::1]'] as const

/** Whether the request was meant for us: its Host is this machine's own. */
export const isForUs = (ctx: Koa.Context): boolean => {
  const port = ctx.req.socket.localPort
  return HOSTS.some((host) => ctx.get('host') === `${host}:${String(port)}`)
}

/** Whether a page of ours sent it. Browsers name the origin with every POST; without one it is refused. */
export const isFromUs = (ctx: Koa.Context): boolean => ctx.get('origin') === `http://${ctx.get('host')}`
