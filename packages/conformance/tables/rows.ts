/** A row of the list of cases beyond the basics: what an implementation must withstand, by id. */
export interface Row {
  readonly id: string;
  readonly text: string;
}

const TABLE = `
SH-1 | a method other than GET
SH-2 | HTTP/1.0 and other versions
SH-4 | no Upgrade
SH-5 | Upgrade in any case
SH-7 | Connection as a list
SH-8 | tokens that only look like the right ones
SH-9 | no Connection, or close
SH-10 | key absent, empty or twice
SH-11 | keys that are not 16 bytes in base64
SH-12 | the accept value of known keys
SH-14 | frames behind a refused handshake
SH-15 | versions 7 and 8
SH-16 | malformed subprotocol lists
SH-17 | the application picks a subprotocol that was not offered
SH-18 | no subprotocol picked
SH-20 | thousands of header fields
SH-21 | heads byte by byte, and heads of megabytes
SH-22 | blanks in a subprotocol list, in linear time
SH-23 | escapes in an extension list, in linear time
SH-24 | blanks and commas in Connection, in linear time
SH-25 | names of object members as extensions
SH-26 | malformed extension lists
SH-27 | CR, LF and NUL in what the application puts into a response
SH-28 | folded lines, bare LF, NUL, a blank before the colon
SH-30 | a handshake with a body by Content-Length
SH-31 | a handshake with a body by chunks
SH-32 | frames in the same segment as the handshake
SH-33 | Origin in all its forms
SH-35 | a handshake pipelined behind a request
SH-36 | very many pipelined requests
SH-37 | upgrades to other protocols
SH-38 | the application never answers the handshake
SH-39 | a handshake while the server closes
SH-40 | a handshake that dribbles in
SH-41 | thousands of refused handshakes leave nothing behind
SH-42 | HTTP/2 on an HTTP/1.1 port
CH-1 | statuses other than 101, with and without bodies
CH-2 | a 101 without Upgrade
CH-3 | a 101 without Connection
CH-5 | wrong accept values
CH-7 | Connection in any case
CH-8 | extensions that were not offered
CH-9 | subprotocols that were not offered
CH-10 | no subprotocol, though one was offered
CH-13 | a 101 with Content-Length or Transfer-Encoding
CH-14 | frames in the same segment as the 101
CH-15 | megabytes right behind the 101
CH-16 | a response head that never ends
CH-17 | bytes that no field may hold
CH-18 | FIN or RST behind each byte of the response
CH-19 | no response at all
CH-20 | nothing is sent before the 101
CH-21 | redirects are not followed
CH-25 | CR, LF and NUL in what the caller puts into a request
CH-26 | certificates that may not be trusted
CH-28 | keys are fresh and random
CH-29 | closed or aborted at every step of connecting
FR-1 | empty messages
FR-2 | lengths around the borders of the length forms
FR-3 | lengths that are not in the shortest form
FR-5 | messages of megabytes
FR-6 | 2^32 + 5 is not 5
FR-7 | the top bit of the 64-bit length
FR-8 | negative 64-bit lengths
FR-10 | 2^53 + 1
FR-11 | 2^31 and 2^32 - 1 are not negative
FR-12 | 2^63 - 1
FR-13 | a sum of lengths that overflows
FR-14 | exactly the limit, and one byte more
FR-15 | refused after two bytes, whatever the length
FR-16 | many connections that declare much and send little
FR-17 | reserved bits and opcodes
FR-18 | headers cut everywhere
FR-20 | two and a half frames a chunk
FR-21 | chunks that are views into larger buffers
FR-22 | very many small frames at once
FR-24 | bytes after a fatal fault
FR-25 | the type is kept
MK-1 | unmasked frames to a server
MK-3 | masked frames to a client
MK-5 | masked control frames to a client
MK-6 | a key of zeros
MK-7 | all alignments of payload, key and chunk
MK-8 | fresh keys for each frame
MK-10 | pooled keys are not reachable
MK-11 | the caller's bytes stay as they are
FG-1 | continuations with nothing to continue
FG-2 | a message inside a message
FG-4 | control frames between fragments
FG-6 | code points cut by fragments
FG-7 | FIN or RST inside a message
FG-8 | 65,536 fragments
FG-9 | a message behind one that was too large
FG-10 | a message that the application stops reading half-way
CT-1 | control frames over 125 bytes
CT-2 | fragmented control frames
CT-3 | a Close payload of one byte
CT-4 | a Close payload of 126 bytes
CT-6 | close codes that may not be sent
CT-8 | close reasons that are not UTF-8
CT-10 | frames behind a Close
CT-11 | Pings of up to 125 bytes
CT-12 | Pongs nobody asked for
CT-14 | data behind our own Close
CT-15 | exactly one Close with the right code, then FIN
CT-17 | the peer answers with another close code
CT-18 | who closes TCP first, and for how long it is waited
CT-19 | close codes that an application may not use
UT-1 | every kind of wrong sequence
UT-2 | refused at the first wrong byte
UT-4 | compressed text that is not UTF-8
UT-5 | lone surrogates that the application sends
UT-6 | long text cut at every offset
UT-7 | Latin-1 and UTF-8 are not mixed up
DF-1 | server_max_window_bits with bad values
DF-2 | client_max_window_bits that was not offered
DF-4 | two permessage-deflate in a response
DF-5 | a server that ignores what was asked
DF-7 | a bad offer first, a good one second
DF-8 | hundreds of offers in linear time
DF-9 | a window of 8 bits
DF-10 | all distances of every window size
DF-11 | the example of 7.2.3.1
DF-12 | BFINAL set
DF-14 | takeover
DF-15 | takeover that was given up
DF-17 | empty messages
DF-18 | RSV1 on control frames
DF-20 | a Ping inside a compressed message
DF-21 | compressed and plain messages in turn
DF-22 | RSV1 without the extension
DF-24 | fragments at every byte of the DEFLATE stream
DF-25 | the sender falls back to plain
DF-26 | order with compression at work
DF-27 | closed while compressing
DF-28 | one message is one frame by default
DF-30 | every engine reads every other
RS-1 | fragments of one byte without end
RS-2 | many frames one byte short
RS-3 | a large frame byte by byte
RS-5 | 200,000 fragments within the limit
RS-6 | fragments within the limit, their sum above it
RS-7 | a flood of Pings that are not read
RS-9 | data without end behind a fault
RS-10 | a flood while the handler is slow
RS-11 | a bomb
RS-12 | a bomb in parts
RS-14 | memory of many connections with compression
RS-15 | a slow reader of a broadcast
RS-16 | many sockets stuck before the upgrade
LC-1 | RST right behind the request
LC-2 | RST while the application thinks
LC-3 | accepted twice
LC-4 | a handshake broken off at each byte
LC-5 | writing after the peer vanished
LC-6 | a transport that throws
LC-7 | handlers that throw and re-enter
LC-8 | transport events after the end
LC-10 | a peer that never answers Close
LC-11 | both sides fail at once
LC-12 | closing with a full buffer and a dead network
LC-14 | RST behind FIN
LC-15 | everything sent before a close arrives
LC-18 | at most one open, one error, one close
LC-19 | a peer that is silently gone
LC-20 | very many unanswered Pings
LC-21 | data counts as a sign of life
LC-22 | a server that closes many connections
LC-23 | nothing keeps the process alive
LC-24 | clocks that jump
LC-25 | a reset at every byte of a session
API-1 | arguments of every wrong type
API-2 | a buffer changed after send
API-5 | no uninitialised byte is sent
API-6 | send while connecting, closing, closed
API-7 | two streams at once
API-9 | a receive that is given up
API-10 | printing frames of any content
`;

/** All rows, in their order. */
export const ROWS: readonly Row[] = TABLE.trim()
  .split("\n")
  .map((line) => {
    const [id = "", text = ""] = line.split(" | ");
    return { id, text };
  });
