// matrix-js-sdk as one person of a salon, driven by talk.py: reads a message, answers it.
import "./node20.mjs";
import { createClient, MsgType } from "matrix-js-sdk";
import { logger } from "matrix-js-sdk/lib/logger.js";

logger.setLevel?.("silent");
const [baseUrl, userId, deviceId, accessToken, roomId, wanted, answer] = process.argv.slice(2);
const client = createClient({ baseUrl, userId, deviceId, accessToken });
await client.startClient({ initialSyncLimit: 20, pollTimeout: 5_000 });
const heard = () => client.getRoom(roomId)?.getLiveTimeline().getEvents().some((event) => event.getContent().body === wanted);
for (const end = Date.now() + 30_000; !heard(); ) {
  if (Date.now() > end) throw new Error("waited in vain");
  await new Promise((done) => setTimeout(done, 50));
}
await client.sendMessage(roomId, { msgtype: MsgType.Text, body: answer });
client.stopClient();
process.exit(0);
