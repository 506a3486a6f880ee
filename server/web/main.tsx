// The web client starts here: finds out who reads, opens the line, draws the page.

import './styles/base.css'
import './styles/layout.css'
import './styles/controls.css'
import './styles/tweet.css'
import './styles/pages.css'
import './styles/discover.css'
import './styles/notifications.css'
import { render } from 'preact'
import type { UserId } from '../../protocol/ids.ts'
import { App } from './app.tsx'
import { Client } from './client.ts'
import { keeper } from './keeper.ts'
import { followLinks } from './navigation.ts'
import { ClientContext } from './parts/use-client.ts'
import type { LiveSocket } from './wire/live-socket.ts'
import { whoseSession } from './wire/session-holder.ts'

/** The server writes into the page whose session the cookie is: a script cannot read the cookie. */
function viewerOfDocument(): UserId | undefined {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="rookery-viewer"]')
  return meta === null ? undefined : (Number(meta.content) as UserId)
}

function openSocket(userId: UserId): LiveSocket {
  const address = `${location.origin.replace(/^http/, 'ws')}/v1/live?user=${userId}`
  return new WebSocket(address, 'rookery.v1.msgpack') as LiveSocket
}

const client = new Client({
  viewerId: viewerOfDocument(),
  openSocket,
  keeper,
  makeId: () => crypto.getRandomValues(new Uint32Array(4)).join('-'),
  random: Math.random,
  whoseSession,
  onSignedOut: () => location.assign('/login'),
  onOtherUser: () => location.reload(),
})
addEventListener('online', () => client.networkChanged())
followLinks()
client.start()
render(
  <ClientContext.Provider value={client}>
    <App />
  </ClientContext.Provider>,
  document.getElementById('app') as HTMLElement,
)
