// Alternative B: socket.io with its Redis adapter, as its documentation sets it up; WebSocket only, no compression.
// Everybody who connects is in one room, and a tweet is emitted to that room.

import { createServer } from 'node:http'
import { createAdapter } from '@socket.io/redis-adapter'
import { Redis } from 'ioredis'
import { Server } from 'socket.io'
import { readTold, ready } from './told.ts'

const told = readTold()
const room = 'followers'
const publisher = new Redis(told.redisPort!, '127.0.0.1')
const http = createServer()
const io = new Server(http, {
  transports: ['websocket'],
  perMessageDeflate: false,
  adapter: createAdapter(publisher, publisher.duplicate()),
})
io.on('connection', (socket) => {
  void socket.join(room)
})
http.on('request', (request, response) => {
  if (request.url !== '/push') return
  io.to(room).emit('timeline.tweet', told.pushed)
  response.end()
})
http.listen(0, '127.0.0.1', () => {
  const address = http.address()
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  ready(address.port)
})
