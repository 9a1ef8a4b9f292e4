// Through Janus' videoroom: plain WebRTC, its WebSocket API, the same encodings as livekit-client chooses;
// it takes the first for the highest.
const encodings = {
  camera: [
    { rid: 'h', maxBitrate: 1_700_000 },
    { rid: 'm', scaleResolutionDownBy: 2, maxBitrate: 450_000 },
    { rid: 'l', scaleResolutionDownBy: 4, maxBitrate: 160_000 },
  ],
  screen_share: [
    { rid: 'h', maxBitrate: 2_500_000 },
    { rid: 'm', scaleResolutionDownBy: 2, maxBitrate: 625_000 },
  ],
};
const order = ['microphone', 'camera', 'screen_share'];
let socket, session, handle, turn = 0;
const waiting = new Map();

const ask = (message) =>
  new Promise((resolve, reject) => {
    const transaction = String((turn += 1));
    waiting.set(transaction, { resolve, reject });
    socket.send(JSON.stringify({ ...message, transaction, ...(session && { session_id: session }), ...(handle && { handle_id: handle }) }));
  });
const tell = (body, jsep) => ask({ janus: 'message', body, ...(jsep && { jsep }) });

async function enter({ server_url, room, feed }) {
  window.place = { room, feed };
  socket = new WebSocket(server_url, 'janus-protocol');
  socket.onmessage = ({ data }) => {
    const answer = JSON.parse(data);
    const one = waiting.get(answer.transaction);
    if (!one || answer.janus === 'ack') return;
    waiting.delete(answer.transaction);
    const refused = answer.error ?? (answer.plugindata?.data.error && answer.plugindata.data);
    if (refused) one.reject(new Error(JSON.stringify(refused)));
    else one.resolve(answer);
  };
  await new Promise((open) => (socket.onopen = open));
  session = (await ask({ janus: 'create' })).data.id;
  handle = (await ask({ janus: 'attach', plugin: 'janus.plugin.videoroom' })).data.id;
  window.connection = new RTCPeerConnection();
  connection.onicecandidate = ({ candidate }) => void ask({ janus: 'trickle', candidate: candidate ?? { completed: true } });
  if (feed) await receive();
}
async function receive() {
  connection.ontrack = ({ receiver, transceiver, track }) => {
    const element = document.createElement(track.kind);
    element.srcObject = new MediaStream([track]);
    attach(order[connection.getTransceivers().indexOf(transceiver)], receiver, element);
  };
  const { jsep } = await tell({ request: 'join', ptype: 'subscriber', room: place.room, streams: [{ feed: place.feed }] });
  await connection.setRemoteDescription(jsep);
  await connection.setLocalDescription(await connection.createAnswer());
  await tell({ request: 'start' }, connection.localDescription);
}
async function publish() {
  const joined = await tell({ request: 'join', ptype: 'publisher', room: place.room });
  for (const [source, track] of [['microphone', voice()], ['camera', await camera()], ['screen_share', slides()]])
    connection.addTransceiver(track, { direction: 'sendonly', ...(encodings[source] && { sendEncodings: encodings[source] }) });
  await connection.setLocalDescription(await connection.createOffer());
  const { jsep } = await tell({ request: 'publish' }, connection.localDescription);
  await connection.setRemoteDescription(jsep);
  return joined.plugindata.data.id;
}
