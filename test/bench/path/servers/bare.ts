// The limit: uWebSockets.js with nothing behind it. It answers every request with bytes that Rookery has once
// answered, over WebSocket (one request a frame, or many) and HTTP, and pushes bytes that Rookery has once pushed
// to everybody with `publish`. A server that sends these bytes cannot do less.

import { listen, makeApp, type WebSocket } from '../../../../server/listener.ts'
import { idFirst } from '../requests.ts'
import { readTold, ready } from './told.ts'

type SocketData = { readonly answer: Buffer; readonly batches: Map<number, Buffer> }

const told = readTold()
/** Where the four bytes of an id stand, behind `92 ce` as behind `93 ce`. */
const idAt = 2
/** `92 ce <id> <result>` */
const answers = (told.results ?? []).map((result) => {
  const head = Buffer.from([0x92, 0xce, 0, 0, 0, 0])
  head.writeUInt32BE(idFirst, idAt)
  return Buffer.concat([head, result])
})
const topic = 'followers'

function heard(socket: WebSocket<SocketData>, message: Buffer): void {
  const { answer, batches } = socket.getUserData()
  // A request begins with 93 ce; before it stands how many there are, where there are several.
  if (message[1] === 0xce) {
    message.copy(answer, idAt, idAt, idAt + 4)
    socket.send(answer, true)
    return
  }
  const isLong = message[0] === 0xdc
  const count = isLong ? message.readUInt16BE(1) : message[0]! & 0x0f
  const head = isLong ? 3 : 1
  const length = (message.length - head) / count
  const frame = batchOf(count, { answer, batches })
  for (let place = 0; place < count; place++) {
    const from = head + place * length + idAt
    message.copy(frame, head + place * answer.length + idAt, from, from + 4)
  }
  socket.send(frame, true)
}

/** So many answers in a row, made once for each socket. */
function batchOf(count: number, { answer, batches }: SocketData): Buffer {
  let frame = batches.get(count)
  if (frame === undefined) {
    const head = count < 16 ? Buffer.from([0x90 | count]) : Buffer.from([0xdc, 0, count])
    frame = Buffer.concat([head, ...Array.from({ length: count }, () => answer)])
    batches.set(count, frame)
  }
  return frame
}

const app = makeApp()
app.ws<SocketData>('/live', {
  maxBackpressure: 64 * 1024 * 1024,
  sendPingsAutomatically: true,
  idleTimeout: 60,
  upgrade: (response, request, context) => {
    const answer = answers[Number(request.getQuery('answer') ?? 0)] ?? Buffer.alloc(0)
    // A copy of its own: what is written into it is the id of this socket's request.
    const data: SocketData = { answer: Buffer.from(answer), batches: new Map() }
    const header = (name: string) => request.getHeader(`sec-websocket-${name}`)
    response.upgrade(data, header('key'), header('protocol'), header('extensions'), context)
  },
  open: (socket) => {
    socket.subscribe(topic)
  },
  message: (socket, message) => heard(socket, Buffer.from(message)),
})
app.get('/home', (response, request) => {
  const page = told.pages![Number(request.getQuery('answer'))]!
  for (let header = 0; header < page.headers.length; header += 2) {
    response.writeHeader(page.headers[header]!, page.headers[header + 1]!)
  }
  response.end(page.body)
})
app.post('/push', (response) => {
  app.publish(topic, told.push!, true)
  response.end()
})

const { sharedPort: port = 0 } = told
const isPortShared = told.sharedPort !== undefined
const listening = await listen(app, { host: '127.0.0.1', port, isPortShared })
ready(listening!.port)
