// The intake of a link: hands on what a gateway sent, no faster than the answers to it leave.
//
//   socket --chunks--> reader --frame by frame--> link --answers--> batch --> socket
//                         '-- rests until the answers so far are written --'
//
// A gateway sends more than a thousand requests in one write, of forty bytes each, and a page has some thousands. Were
// all of them answered in a row, megabytes of answers would lie between the two processes, in memory that is
// touched for the first time and out of every cache, and all else in this process would wait for the last of them: the
// later it is, the more would have gathered meanwhile, and the dearer would each be. So requests wait as bytes, here
// and in the socket, and what else the process has to do comes in between.

import type { Socket } from 'node:net'
import { ClusterProtocolError, FrameReader } from '../../protocol/cluster-stream.ts'
import { clusterHandshakeBytesMax } from '../../protocol/limits.ts'

/** Bytes of answers that wait to be written, from which on no further request is handed on. */
export const answersWaitingMax = 128 * 1024

export type IntakePorts = {
  readonly socket: Socket
  onFrame(kind: number, body: Buffer): void
  /** What came is not ours. */
  onBroken(reason: string): void
}

export class PacedIntake {
  readonly #ports: IntakePorts
  readonly #reader = new FrameReader(clusterHandshakeBytesMax)
  readonly #onFrame = (kind: number, body: Buffer): void => this.#ports.onFrame(kind, body)

  constructor(ports: IntakePorts) {
    this.#ports = ports
    ports.socket.on('data', (chunk) => this.#take(chunk))
  }

  /** Of a frame: as little as a handshake needs, until it is set. */
  set bytesMax(bytesMax: number) {
    this.#reader.bytesMax = bytesMax
  }

  /** Nothing is handed on behind the present frame, nor read, until `goOn`. */
  rest(): void {
    if (this.#reader.isPaused) return
    this.#reader.pause()
    this.#ports.socket.pause()
  }

  /** What rested goes on. */
  goOn(): void {
    const { socket } = this.#ports
    if (!this.#reader.isPaused || socket.destroyed) return
    this.#take(undefined)
    if (!this.#reader.isPaused) socket.resume()
  }

  #take(chunk: Buffer | undefined): void {
    try {
      if (chunk === undefined) this.#reader.resume(this.#onFrame)
      else this.#reader.read(chunk, this.#onFrame)
    } catch (error) {
      if (!(error instanceof ClusterProtocolError)) throw error
      this.#ports.onBroken(error.message)
    }
  }
}
