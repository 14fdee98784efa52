// The room of the comparison: every player steers a craft with acceleration and drag inside four walls, and sees all.
//
// Positions are whole pixels and angles one byte, as a careful user of the library would choose: the state a client
// shows needs no more, and every field of it goes down to everybody whenever it changes.

import { Room } from "@colyseus/core";
import { MapSchema, schema } from "@colyseus/schema";

export const TICK_HZ = 20;

const WIDTH_PX = 3_200;
const HEIGHT_PX = 3_200;
const ACCELERATION = 1_400 / TICK_HZ;
const DRAG = 1 - 2.8 / TICK_HZ;
const HEADINGS = 64;

const Craft = schema(
    { x: "int16", y: "int16", aim: "uint8", health: "uint8", flags: "uint8", score: "int16" },
    "Craft",
);

const State = schema({ crafts: { map: Craft } }, "State");

export class Arena extends Room {
    // Everything but the synchronised state: velocity and the newest input.
    pilots = new Map();
    patchRate = 1_000 / TICK_HZ;
    autoDispose = true;

    onCreate({ seats }) {
        this.maxClients = seats;
        this.state = new State();
        this.state.crafts = new MapSchema();
        this.onMessage("input", (client, input) => {
            const pilot = this.pilots.get(client.sessionId);
            if (pilot && Array.isArray(input)) [pilot.heading, pilot.aim, pilot.buttons] = input;
        });
        this.setSimulationInterval(() => this.step(), 1_000 / TICK_HZ);
    }

    onJoin(client) {
        const craft = new Craft();
        Object.assign(craft, { x: WIDTH_PX / 2, y: HEIGHT_PX / 2, aim: 0, health: 100, flags: 0, score: 0 });
        this.pilots.set(client.sessionId, { craft, x: craft.x, y: craft.y, vx: 0, vy: 0, heading: 0, aim: 0, buttons: 0 });
        this.state.crafts.set(client.sessionId, craft);
    }

    onLeave(client) {
        this.pilots.delete(client.sessionId);
        this.state.crafts.delete(client.sessionId);
    }

    step() {
        for (const pilot of this.pilots.values()) {
            const angle = ((pilot.heading - 1) / HEADINGS) * 2 * Math.PI;
            const force = pilot.heading > 0 ? ACCELERATION : 0;
            pilot.vx = pilot.vx * DRAG + Math.cos(angle) * force;
            pilot.vy = pilot.vy * DRAG + Math.sin(angle) * force;
            pilot.x = Math.min(Math.max(pilot.x + pilot.vx / TICK_HZ, 0), WIDTH_PX);
            pilot.y = Math.min(Math.max(pilot.y + pilot.vy / TICK_HZ, 0), HEIGHT_PX);
            pilot.craft.x = Math.round(pilot.x);
            pilot.craft.y = Math.round(pilot.y);
            pilot.craft.aim = pilot.aim & 255;
        }
    }
}
