// @hocuspocus/server as its authors show it, in memory; says its port.
import { Server } from '@hocuspocus/server';

const server = new Server({ port: 0, address: '127.0.0.1', quiet: true, stopOnSignals: true });
await server.listen();
console.log(server.address.port);
