// A real Wechaty gateway (PuppetServer over gRPC) around a mock account.
// stdin: one JSON command a line. stdout: one JSON record a line. stderr: Wechaty's own logs.
// Environment: LINLI_GATEWAY = {"port", "token", "tls", "auto_login", "world"}.
import readline from 'node:readline'
import { randomUUID } from 'node:crypto'
import * as PUPPET from 'wechaty-puppet'
import { grpc } from 'wechaty-grpc'
import { PuppetMock, mock } from 'wechaty-puppet-mock'
import { PuppetServer } from 'wechaty-puppet-service'
import { FileBox } from 'file-box'

const options = JSON.parse(process.env.LINLI_GATEWAY)
const { Message } = PUPPET.types

// stdout is the protocol: keep every library's console.log off it.
const write = process.stdout.write.bind(process.stdout)
console.log = console.info = console.warn = console.debug = console.error
const out = record => write(JSON.stringify(record) + '\n')

let world, mocker, stream
let autoLogin = options.auto_login ?? true
const counters = {}
const faults = {}            // method -> queue of 'hang' | 'error' | a gRPC status number | {"delay_ms": n}
const delays = {}            // method -> milliseconds, for every call
const friendships = new Map(), invitations = new Map(), aliases = new Map()
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))

// Every gRPC method can be counted, delayed and made to fail, and the event stream can be ended cleanly.
async function gate (method) {
  counters[method] = (counters[method] || 0) + 1
  if (delays[method]) await sleep(delays[method])
  const fault = faults[method]?.shift()
  if (fault === undefined) return
  if (fault === 'hang') await new Promise(() => {})
  if (fault.delay_ms !== undefined) return sleep(fault.delay_ms)
  throw Object.assign(new Error(`rig fault: ${fault}`), typeof fault === 'number' ? { code: fault, details: 'rig fault' } : { code: 2, details: 'rig fault' })
}
const addService = grpc.Server.prototype.addService
grpc.Server.prototype.addService = function (service, handlers) {
  for (const [method, handler] of Object.entries(handlers)) {
    if (method === 'event') handlers.event = call => { stream = call; handler(call) }
    else if (handler.length >= 2 || method !== 'download') {
      handlers[method] = (call, callback) => gate(method).then(() => handler(call, callback), error => callback ? callback(error) : call.destroy(error))
    }
  }
  return addService.call(this, service, handlers)
}

class RigPuppet extends PuppetMock {
  async onStart () { await super.onStart(); setImmediate(() => { if (autoLogin && !this.isLoggedIn) this.login(world.self) }) }
  // What the account sends comes back as a message event, as every real WeChat puppet does it.
  #echo (conversationId, extra) {
    if (!this.isLoggedIn) throw new Error('not logged in')
    const inRoom = this.mocker.cacheRoomPayload.has(conversationId)
    if (!inRoom) this.mocker.contactPayload(conversationId)
    const id = 'sent_' + randomUUID()
    this.mocker.cacheMessagePayload.set(id, { id, talkerId: this.currentUserId, timestamp: Date.now(), ...extra, ...(inRoom ? { roomId: conversationId } : { listenerId: conversationId }) })
    setImmediate(() => this.emit('message', { messageId: id }))
    return id
  }
  async messageSendText (conversation, text, mentions = []) {
    const id = this.#echo(conversation, { type: Message.Text, text, mentionIdList: mentions })
    out({ ev: 'sent', kind: 'text', conversation, id, text, mentions })
    return id
  }
  async messageSendFile (conversation, file) {
    const bytes = await file.toBuffer()
    const id = this.#echo(conversation, { type: /\.(png|jpe?g|gif)$/i.test(file.name) ? Message.Image : Message.Attachment, filename: file.name })
    this.mocker.cacheFileBoxPayload.set(id, FileBox.fromBase64(bytes.toString('base64'), file.name).toJSON())
    out({ ev: 'sent', kind: 'file', conversation, id, name: file.name, base64: bytes.toString('base64') })
    return id
  }
  async messageImage (id) { return this.messageFile(id) }
  async roomMemberRawPayload (room, id) { return { ...await super.roomMemberRawPayload(room, id), roomAlias: aliases.get(room + '|' + id) } }
  async roomList () { return [...this.mocker.cacheRoomPayload.keys()] }
  async friendshipRawPayload (id) { return friendships.get(id) }
  async friendshipAccept (id) { out({ ev: 'accepted', kind: 'friendship', id }) }
  async roomInvitationRawPayload (id) { return invitations.get(id) }
  async roomInvitationAccept (id) { out({ ev: 'accepted', kind: 'invitation', id }) }
}

const puppet = new RigPuppet({ mocker: new mock.Mocker() })
let server

function load (next) {
  world = next
  mocker = new mock.Mocker()
  mocker.puppet = puppet
  puppet.mocker = mocker
  puppet.cache.clear()
  for (const map of [friendships, invitations, aliases]) map.clear()
  for (const table of [counters, faults, delays]) for (const key in table) delete table[key]
  for (const contact of world.contacts) mocker.createContact({ phone: [], avatar: '', ...contact })
  for (const { aliases: names, ...room } of world.rooms) {
    mocker.createRoom({ adminIdList: [], avatar: '', ...room })
    for (const [member, alias] of Object.entries(names || {})) aliases.set(room.id + '|' + member, alias)
  }
}

const commands = {
  // A message as given: {from, text, room? | to?, mentions?, type?, id?, ts?, no_payload?, repeat?}
  say (c) {
    const id = c.id || 'msg_' + randomUUID()
    if (!c.no_payload) {
      mocker.cacheMessagePayload.set(id, { id, talkerId: c.from, text: c.text, timestamp: c.ts ?? Date.now(), type: c.type ?? Message.Text,
        ...(c.room ? { roomId: c.room, mentionIdList: c.mentions || [] } : { listenerId: c.to || world.self }) })
    }
    for (let i = 0; i < (c.repeat || 1); i++) puppet.emit('message', { messageId: id })
    return { id }
  },
  say_many (c) { for (let i = 0; i < c.count; i++) commands.say({ ...c, id: undefined, text: `${c.text}${i}` }); return { count: c.count } },
  file (c) {
    const id = 'file_' + randomUUID()
    const box = c.url ? FileBox.fromUrl(c.url, { name: c.name }) : FileBox.fromBase64(c.base64, c.name)
    mocker.cacheFileBoxPayload.set(id, box.toJSON())
    return commands.say({ ...c, id, text: '', type: c.type ?? Message.Image })
  },
  contact (c) { mocker.createContact({ phone: [], avatar: '', friend: false, ...c.payload }); return {} },
  room (c) { mocker.createRoom({ adminIdList: [], avatar: '', ...c.payload }); return {} },
  alias (c) { aliases.set(c.room + '|' + c.contact, c.alias); puppet.cache.roomMember.clear(); return {} },
  room_join (c) { mocker.RoomMock.load(c.room).add(...c.invitees.map(i => mocker.ContactMock.load(i))).by(mocker.ContactMock.load(c.inviter)); return {} },
  room_leave (c) { mocker.RoomMock.load(c.room).remove(...c.removees.map(i => mocker.ContactMock.load(i))).by(mocker.ContactMock.load(c.remover)); return {} },
  room_topic (c) { mocker.RoomMock.load(c.room).topic(c.topic).by(mocker.ContactMock.load(c.by)); return {} },
  friendship (c) { const id = 'friendship_' + randomUUID(); friendships.set(id, { id, contactId: c.contact, hello: c.hello || '', type: c.type ?? 2, timestamp: Date.now(), ticket: 't', scene: 3, stranger: '' }); puppet.emit('friendship', { friendshipId: id }); return { id } },
  room_invite (c) { const id = 'invitation_' + randomUUID(); invitations.set(id, { id, inviterId: c.inviter, receiverId: world.self, topic: c.topic, avatar: '', invitation: '', memberCount: 3, memberIdList: [], timestamp: Date.now() }); puppet.emit('room-invite', { roomInvitationId: id }); return { id } },
  emit (c) { puppet.emit(c.name, c.payload); return {} },
  fault (c) { faults[c.method] = c.queue; return {} },
  delay (c) { delays[c.method] = c.ms; return {} },
  counters () { return { counters } },
  state () { return { logged_in: puppet.isLoggedIn, listeners: puppet.listenerCount('message') } },
  login () { autoLogin = true; if (!puppet.isLoggedIn) puppet.login(world.self); return {} },
  async logout () { autoLogin = false; await puppet.logout('rig'); return {} },
  // Other people, other ids: as after a login on another day. The account stays logged in if it is the same.
  async world (c) {
    const again = c.relogin || c.world.self !== world.self
    const was = autoLogin
    if (again) await commands.logout()
    load(c.world)
    autoLogin = was
    if (again && was) commands.login()
    return {}
  },
  end_stream () { stream.end(); return {} },           // a clean end, status OK
  async drop () { await server.stop(); return {} },     // the port is closed, the process stays
  async listen () { server = new PuppetServer({ endpoint: `127.0.0.1:${options.port}`, puppet, token: options.token, tls: { disable: !options.tls } }); await server.start(); return {} },
}

load(options.world)
await commands.listen()
out({ ev: 'listening' })
readline.createInterface({ input: process.stdin }).on('line', async line => {
  const c = JSON.parse(line)
  try { out({ ev: 'ack', seq: c.seq, ...await commands[c.cmd](c) }) } catch (e) { out({ ev: 'nack', seq: c.seq, error: String(e?.message || e) }) }
})
process.stdin.on('end', () => process.exit(0))          // whoever drives us is gone
process.on('unhandledRejection', e => out({ ev: 'unhandled', error: String(e?.stack || e).slice(0, 600) }))
