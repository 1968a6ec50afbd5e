/** A wire that a test can cut: forwards TCP connections until then. */
import { connect, createServer, type AddressInfo, type Socket } from 'net';

export interface IWire {
  /** The address to use instead of the one behind it. */
  url: string;
  /** Every connection breaks, and new ones do at once. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** @param target - base URL on loopback */
export async function wireTo(target: string): Promise<IWire> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let whole = true;
  const server = createServer(near => {
    if (!whole) {
      near.destroy();
      return;
    }
    const far = connect(Number(port), hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near]
    ]) {
      sockets.add(socket);
      // What breaks one side breaks the other; there is nobody else to tell.
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: () => {
      whole = false;
      sockets.forEach(socket => socket.resetAndDestroy());
    },
    mend: () => {
      whole = true;
    },
    close: async () => {
      sockets.forEach(socket => socket.destroy());
      await new Promise(resolve => server.close(resolve));
    }
  };
}
