// Serves the arena on the port given as first argument, and prints a line when it listens.

import { Server } from "@colyseus/core";
import { WebSocketTransport } from "@colyseus/ws-transport";

import { Arena } from "./arena.js";

const port = Number(process.argv[2]);
const server = new Server({ transport: new WebSocketTransport({ pingInterval: 0 }), greet: false });
server.define("arena", Arena).filterBy(["seats"]);
await server.listen(port, "127.0.0.1");
console.log(`listening on ${port}`);
