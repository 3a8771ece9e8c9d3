import { type AddressInfo, connect, createServer, type Server } from 'node:net'

/** Further addresses of this machine, each with a host of its own, that lead to one port of it. */
export interface Doors {
  /** Opens another one; its URL. */
  open(): Promise<string>
  /** The port from which somebody came who seems to come from this one: they may have come through a door. */
  cameFrom(port: number): number
  close(): void
}

/** @param to port of 127.0.0.1 behind all the doors */
export function makeDoors(to: number): Doors {
  const doors: Server[] = []
  const tunnels = new Map<number, number>()
  return {
    open: async () => {
      const door = createServer((outside) => {
        const inside = connect(to, '127.0.0.1')
        inside.on('connect', () => tunnels.set(inside.localPort!, outside.remotePort!))
        outside.on('error', () => inside.destroy()).pipe(inside)
        inside.on('error', () => outside.destroy()).pipe(outside)
      })
      doors.push(door)
      // 127.0.0.1 is where the shop was first.
      const host = `127.0.0.${doors.length + 1}`
      await new Promise<void>((resolve) => door.listen(0, host, resolve))
      return `http://${host}:${(door.address() as AddressInfo).port}`
    },
    cameFrom: (port) => tunnels.get(port) ?? port,
    close: () => {
      for (const door of doors) door.close()
    },
  }
}
