import { generateRsaKeyFiles, loadPrivateKey } from '@callback-quorum/service'
import { type Command, Option } from 'commander'
import type { Host } from '../host.ts'
import { addKeysCoSigner } from './keys-co-signer.ts'
import { addKeysCoSignerRenew } from './keys-co-signer-renew.ts'
import { outputOption, type OutputFormat } from './output-option.ts'

const BITS = ['2048', '3072', '4096'] as const

interface Options {
  readonly dir: string
  readonly name: string
  readonly bits: (typeof BITS)[number]
  readonly output: OutputFormat
}

/** `callback-quorum keys generate`: an RSA key pair in two files; beside it what Co-signers need. */
export function addKeys(program: Command, host: Host): void {
  const keys = program
    .command('keys')
    .summary('make key files')
    .description('Make the key files and certificates of services.')
  keys
    .command('generate')
    .summary('make an RSA key pair')
    .description(
      'Make an RSA key pair: NAME.pem (PKCS#8, readable by its owner only) and NAME.pub (SPKI, to hand out). ' +
        'Never overwrites: when one of the two exists, nothing changes.',
    )
    .requiredOption('-d, --dir <directory>', 'where to; made when missing, closed to others')
    .requiredOption('-n, --name <name>', 'a-z, 0-9, . and -')
    .addOption(new Option('-b, --bits <bits>', 'length of the modulus').choices(BITS).default('2048'))
    .addOption(outputOption())
    .addHelpText(
      'after',
      '\nExamples:\n  $ callback-quorum keys generate --dir keys --name limits\n' +
        '  $ callback-quorum keys generate --dir keys --name gateway-internal --bits 3072\n\n' +
        'The fingerprint is the SHA-256 of the public key (SPKI, DER): what verdicts and logs call it.',
    )
    .action(async ({ dir, name, bits, output }: Options) => {
      const { privatePath, publicPath } = await generateRsaKeyFiles(dir, name, Number(bits))
      const { fingerprint } = await loadPrivateKey(privatePath)
      const made = { private_key: privatePath, public_key: publicPath, sha256: fingerprint }
      host.stdout.write(
        output === 'json'
          ? `${JSON.stringify(made)}\n`
          : `private key  ${privatePath}\npublic key   ${publicPath}\nfingerprint  ${fingerprint}\n`,
      )
    })
  addKeysCoSigner(keys, host)
  addKeysCoSignerRenew(keys, host)
}
