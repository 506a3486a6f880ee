// Where `npm run top` looks: the settings of the gateway that it asks, by the same names.

import type { Environment } from '../protocol/std/settings.ts'
import { defineSettings, readSettings, refuseUnknown } from '../protocol/std/settings.ts'

export const topSettings = defineSettings({
  adminHost: {
    env: 'ROOKERY_ADMIN_HOST',
    kind: 'text',
    unit: 'address',
    default: '127.0.0.1',
    meaning: 'The address of the admin port of a gateway.',
  },
  adminPort: {
    env: 'ROOKERY_ADMIN_PORT',
    kind: 'integer',
    unit: 'port',
    min: 0,
    max: 65_535,
    default: 0,
    meaning: 'The admin port of a gateway; 0 where the address is given as an argument.',
  },
  operatorToken: {
    env: 'ROOKERY_OPERATOR_TOKEN',
    kind: 'secret',
    default: '',
    meaning: 'The token of that gateway.',
  },
})

export type TopOptions = {
  /** Of the admin port: `http://127.0.0.1:9101`. */
  readonly url: string
  readonly token: string
  /** Shows it once, and ends. */
  readonly isOnce: boolean
}

/** Reads arguments and environment. Throws RangeError or SettingsError, which say what to change. */
export function readTopOptions(argv: readonly string[], env: Environment): TopOptions {
  refuseUnknown([topSettings], env)
  const { adminHost, adminPort, operatorToken } = readSettings(topSettings, env)
  const isOnce = argv.includes('--once')
  const [given, ...others] = argv.filter((argument) => argument !== '--once')
  if (others.length > 0) throw new RangeError(`${others[0]} is one argument too many.`)
  if (operatorToken === '') {
    throw new RangeError('Set ROOKERY_OPERATOR_TOKEN to the token of the gateway that is asked.')
  }
  if (given === undefined && adminPort === 0) {
    throw new RangeError(
      'Say where the admin port of a gateway is, as npm start prints it: npm run top -- http://HOST:PORT, or set ROOKERY_ADMIN_PORT.',
    )
  }
  const address = given ?? `http://${adminHost}:${adminPort}`
  if (!URL.canParse(address) || !/^https?:/.test(address)) {
    throw new RangeError(`${address} is no address such as http://HOST:PORT.`)
  }
  return { url: new URL(address).origin, token: operatorToken, isOnce }
}
