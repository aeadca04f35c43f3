import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * A program to be started in place of Node.js: it runs the Node.js of the collected root file system there, as the image's user (where root runs the
 * tests), with the root read-only, `configuration` at /etc/callback-quorum and an empty /tmp and /var/lib/callback-quorum, as a container would have them.
 */
export async function writeNodeOfRoot(folder: string, root: string, configuration: string): Promise<string> {
  const isRoot = process.getuid?.() === 0
  const path = join(folder, 'node-of-root')
  const mounts = `set -e
mount --bind "${root}" "${root}"
mount --bind "${configuration}" "${root}/etc/callback-quorum"
mount -o remount,bind,ro "${root}/etc/callback-quorum"
mount -t tmpfs -o mode=1777 tmpfs "${root}/tmp"
mount -t tmpfs -o mode=0700${isRoot ? ',uid=65532,gid=65532' : ''} tmpfs "${root}/var/lib/callback-quorum"
mount -o remount,bind,ro "${root}"
cd /
exec chroot ${isRoot ? '--userspec=65532:65532' : ''} "${root}" /usr/local/bin/node "$@"`
  await mkdir(folder, { recursive: true })
  await writeFile(`${path}.mounts`, mounts)
  await writeFile(
    path,
    `#!/bin/sh\nexec unshare ${isRoot ? '' : '--map-root-user '}--mount --propagation private sh "${path}.mounts" "$@"\n`,
  )
  await chmod(path, 0o755)
  return path
}
