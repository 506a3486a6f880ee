// The only importer of uWebSockets.js: what of it the gateway uses, by our own names.
//
// Its rules, which everything that touches it keeps: a response may not be used after `onAborted`, a
// socket not after its close handler; a request and the bytes of a message live for one call; a
// handler that neither answers nor registers `onAborted` ends the process.

import type { HttpRequest, HttpResponse, TemplatedApp, WebSocket } from 'uWebSockets.js'
import * as native from 'uWebSockets.js'

const { App, us_listen_socket_close, us_socket_local_port } = native

/** Values that the package has and its types leave out. */
const { DISABLED, LIBUS_LISTEN_EXCLUSIVE_PORT } = native as unknown as {
  readonly DISABLED: number
  readonly LIBUS_LISTEN_EXCLUSIVE_PORT: number
}

export type { HttpRequest, HttpResponse, TemplatedApp, WebSocket }
export type UpgradeContext = Parameters<HttpResponse['upgrade']>[4]

/** Compression stays off: it costs memory for each socket, and mixes secrets with strangers' text. */
export const compressionDisabled = DISABLED

export function makeApp(): TemplatedApp {
  return App()
}

/**
 * Where a client is, as text, for limits. Of an IPv6 address the network of 64 bits that it is in: whoever has one of its
 * addresses has as many as they like (RFC 6177 gives a home no less).
 */
export type AddressOf = (response: HttpResponse) => string

/** Whoever is at the other end of the connection. */
export function remoteAddressOf(response: HttpResponse): string {
  return limitedAddress(response.getRemoteAddressAsText())
}

/**
 * Whom the proxy in front names for the connection (PROXY protocol, version 2,
 * haproxy.org/download/3.0/doc/proxy-protocol.txt); the proxy itself where it speaks for nobody, as in a health check.
 * The native layer believes whoever sends such a header, in front of any request.
 */
export function proxiedAddressOf(response: HttpResponse): string {
  return limitedAddress(response.getProxiedRemoteAddressAsText()) || remoteAddressOf(response)
}

/** IPv4 as it is, be it in IPv6 notation; eight groups of four digits are IPv6. */
function limitedAddress(address: ArrayBuffer): string {
  const text = Buffer.from(address).toString('latin1')
  const plain = text.replace(/^0000:0000:0000:0000:0000:ffff:/, '')
  return plain.length === 39 ? `${plain.slice(0, 19)}::/64` : plain
}

/** What stands behind the `?`; '' where nothing does: of that the package says `undefined`, whatever its types say. */
export function queryOf(request: HttpRequest): string {
  return request.getQuery() ?? ''
}

export type Listening = { readonly port: number; close(): void }

/**
 * Listens, on a free port where the port is 0.
 * @param options.isPortShared whether other processes may listen on the same port too
 * @returns undefined where the port cannot be had.
 */
export function listen(
  app: TemplatedApp,
  options: { readonly host: string; readonly port: number; readonly isPortShared: boolean },
): Promise<Listening | undefined> {
  const flags = options.isPortShared ? 0 : LIBUS_LISTEN_EXCLUSIVE_PORT
  return new Promise((resolve) => {
    // The types leave out that host, port and options can be given together.
    const listenWith = app.listen as unknown as (
      host: string,
      port: number,
      flags: number,
      onListening: (socket: Parameters<typeof us_socket_local_port>[0] | false) => void,
    ) => void
    listenWith.call(app, options.host, options.port, flags, (socket) => {
      if (socket === false) {
        resolve(undefined)
        return
      }
      let isOpen = true
      const close = (): void => {
        if (isOpen) us_listen_socket_close(socket)
        isOpen = false
      }
      resolve({ port: us_socket_local_port(socket), close })
    })
  })
}
