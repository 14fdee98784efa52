//! Hostile HTTP: heads and bodies that are slow, long, deep or ambiguous, and paths out of the folder.

mod live;

use live::{
    attacker::{Answer, Attacker, read_answer, read_head},
    player::until,
    siege::Siege,
    within,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Sends one request that closes its connection.
async fn ask(siege: &Siege, request: impl AsRef<[u8]>) -> Answer {
    Attacker::new(1, 1).ask(&siege.host, request.as_ref()).await
}

async fn get(siege: &Siege, target: &str) -> Answer {
    ask(siege, format!("GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).await
}

async fn post(siege: &Siege, headers: &str, body: &str) -> Answer {
    let length = body.len();
    let head =
        format!("POST /api/join HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n");
    ask(siege, format!("{head}\r\n{body}")).await
}

const JSON: &str = "Content-Type: application/json\r\n";

#[tokio::test]
async fn no_path_leads_out_of_what_is_served() {
    let mut siege = Siege::begin().await;
    for target in [
        "/../Cargo.toml",
        "/../../../../etc/passwd",
        "/..%2f..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%5c..%5cetc%5cpasswd",
        "/..\\..\\etc\\passwd",
        "/%252e%252e%252fetc%252fpasswd",
        "//etc/passwd",
        "/etc/passwd",
        "/%00",
        "/etc/passwd%00.html",
        "/%c0%ae%c0%ae/etc/passwd",
        "/api/rooms/../../../etc/passwd",
        "/api/rooms/..%2f..%2fetc%2fpasswd",
        "/api/rooms/%00",
        "/api/rooms/99999999999999999999",
        "http://127.0.0.1:1/etc/passwd",
        "file:///etc/passwd",
        "*",
    ] {
        let answer = get(&siege, target).await;
        assert!(matches!(answer.status, 400 | 404 | 405), "{target}: {answer:?}");
        assert!(!answer.head.contains("root:") && !answer.body.to_string().contains("root:"), "{target}: {answer:?}");
    }
    // A path out of the folder must not reach a file, whatever the page's files are called.
    let page = siege_page(&siege).await;
    for target in [format!("/{page}/../../etc/passwd"), format!("/{page}/%2e%2e/%2e%2e/etc/passwd")] {
        assert!(matches!(get(&siege, &target).await.status, 400 | 404), "{target}");
    }
    siege.stands().await;
}

/// The folder of the page's files.
async fn siege_page(siege: &Siege) -> String {
    let answer = get(siege, "/api/server").await;
    answer.body["page"].as_str().expect("the server tells it").trim_matches('/').to_owned()
}

#[tokio::test]
async fn heads_that_are_none() {
    let mut siege = Siege::begin().await;
    let long = "x".repeat(20_000);
    let many: String = (0..200).map(|n| format!("X-{n}: y\r\n")).collect();
    for (request, statuses) in [
        ("GET / HTTP/9.9\r\nHost: x\r\n\r\n".to_owned(), &[400, 505][..]),
        ("GET /\r\n\r\n".to_owned(), &[400]),
        (format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n"), &[414, 431, 400]),
        (format!("GET / HTTP/1.1\r\nHost: x\r\nX: {long}\r\n\r\n"), &[431, 400]),
        (format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n"), &[431, 400]),
        ("GET / HTTP/1.1\r\nHost: x\r\nX y: z\r\n\r\n".to_owned(), &[400]),
        ("GET / HTTP/1.1\r\nHost: x\r\nX : z\r\n\r\n".to_owned(), &[400]),
        ("GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n folded\r\n\r\n".to_owned(), &[400]),
        ("GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n".to_owned(), &[400]),
        ("GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(), &[400]),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), &[400, 505, 0]),
        ("\r\n\r\n\r\n\r\nG".to_owned(), &[400, 0]),
    ] {
        let mut socket = Attacker::new(1, 1).connect(&siege.host).await;
        let _ = socket.write_all(request.as_bytes()).await;
        let _ = socket.shutdown().await;
        let answer = read_answer(&mut socket).await;
        let shown: String = request.chars().take(60).collect();
        assert!(statuses.contains(&answer.status), "{shown:?}: {answer:?}");
    }
    siege.stands().await;
}

#[tokio::test]
async fn bodies_that_are_no_join() {
    let mut siege = Siege::begin().await;
    let seats = siege.host.seats_taken();
    let deep = "[".repeat(4_000);
    let nested = format!("{{\"name\":{}\"x\"{}}}", "[".repeat(500), "]".repeat(500));
    let long = format!("{{\"name\":\"{}\"}}", "x".repeat(5_000));
    let number = format!("{{\"name\":\"x\",\"room\":1{}}}", "0".repeat(1_000));
    for (headers, body, status) in [
        (JSON, "", 400),
        (JSON, "{", 400),
        (JSON, "null", 400),
        (JSON, deep.as_str(), 400),
        (JSON, nested.as_str(), 400),
        (JSON, long.as_str(), 413),
        (JSON, number.as_str(), 400),
        (JSON, "{\"name\":\"x\",\"name\":\"y\"}", 400),
        (JSON, "{\"name\":\"x\",\"seats\":3}", 400),
        (JSON, "{\"name\":\"\"}", 400),
        (JSON, "{\"name\":\"\\u0000\"}", 400),
        (JSON, "{\"name\":\"\\ud800\"}", 400),
        (JSON, "{\"name\":\"x\",\"room\":-1}", 400),
        (JSON, "{\"name\":\"x\",\"room\":1e99}", 400),
        ("", "{\"name\":\"x\"}", 415),
        ("Content-Type: text/plain\r\n", "{\"name\":\"x\"}", 415),
    ] {
        let answer = post(&siege, headers, body).await;
        let shown: String = body.chars().take(60).collect();
        assert_eq!(answer.status, status, "{shown}: {answer:?}");
        assert!(answer.body["message"].as_str().is_some_and(|text| text.len() < 500), "{shown}: {answer:?}");
    }
    let bytes = [
        format!("POST /api/join HTTP/1.1\r\nHost: x\r\n{JSON}Content-Length: 4\r\nConnection: close\r\n\r\n")
            .as_bytes(),
        &[0xff, 0xfe, 0, 0x22],
    ]
    .concat();
    assert_eq!(ask(&siege, bytes).await.status, 400);
    assert_eq!(siege.host.seats_taken(), seats, "nobody got a seat");
    siege.stands().await;
}

/// Sends bytes at once and gives the statuses of all answers until the server closes.
async fn statuses(siege: &Siege, bytes: &str) -> Vec<u16> {
    let mut socket = Attacker::new(1, 1).connect(&siege.host).await;
    let _ = socket.write_all(bytes.as_bytes()).await;
    let _ = socket.shutdown().await;
    let mut answers = Vec::new();
    let _ = within("the end of the answers", socket.read_to_end(&mut answers)).await;
    let text = String::from_utf8_lossy(&answers).into_owned();
    let heads = text.split("HTTP/1.1 ").skip(1);
    heads.filter_map(|head| head.split(' ').next()?.parse().ok()).collect()
}

#[tokio::test]
async fn requests_have_one_length_or_none() {
    let mut siege = Siege::begin().await;
    let seats = siege.host.seats_taken();
    let hidden = "GET /api/rooms HTTP/1.1\r\nHost: x\r\n\r\n";
    let post = "POST /api/join HTTP/1.1\r\nHost: x\r\n";
    // Contradicting or invalid lengths end the connection: the following bytes belong to no request.
    for headers in [
        "Content-Length: 0\r\nContent-Length: 39\r\n",
        "Content-Length: 0, 39\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: 0x10\r\n",
        "Content-Length: 99999999999999999999999\r\n",
        "Content-Length: 5 5\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n",
        "Transfer-Encoding\t: chunked\r\n",
    ] {
        let statuses = statuses(&siege, &format!("{post}{headers}\r\n{hidden}")).await;
        assert!(
            statuses.len() <= 1 && statuses.iter().all(|&status| (400..=501).contains(&status)),
            "{headers:?}: {statuses:?}"
        );
    }
    // Invalid chunks end it as well.
    for chunks in
        ["x\r\n\r\n0\r\n\r\n", "-1\r\n", "FFFFFFFFFFFFFFFFF\r\n", "1\r\nab\r\n0\r\n\r\n", "0\r\nno trailer\r\n\r\n"]
    {
        let statuses =
            statuses(&siege, &format!("{post}{JSON}Transfer-Encoding: chunked\r\n\r\n{chunks}{hidden}")).await;
        assert!(
            statuses.len() <= 1 && statuses.iter().all(|&status| (400..=501).contains(&status)),
            "{chunks:?}: {statuses:?}"
        );
    }
    // Where both are given, chunks count (RFC 9112 section 6.3): the hidden request is part of a chunk and never answered.
    let chunk = format!("{:x}\r\n{hidden}\r\n0\r\n\r\n", hidden.len());
    let both = format!("{post}{JSON}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}");
    let answers = statuses(&siege, &both).await;
    assert_eq!(answers, [400], "the body is no join");
    // Pipelined requests are answered in order.
    let row = "GET /api/rooms HTTP/1.1\r\nHost: x\r\n\r\n".repeat(3);
    assert_eq!(statuses(&siege, &row).await, [200; 3]);
    assert_eq!(siege.host.seats_taken(), seats);
    siege.stands().await;
}

#[tokio::test]
async fn heads_and_bodies_that_come_byte_by_byte_end_in_time() {
    let mut siege = Siege::begin().await;
    let requests = [
        format!("GET /api/server HTTP/1.1\r\nHost: x\r\nX: {}", "x".repeat(10_000)),
        format!("POST /api/join HTTP/1.1\r\nHost: x\r\n{JSON}Content-Length: 4000\r\n\r\n{{"),
        format!("POST /api/join HTTP/1.1\r\nHost: x\r\n{JSON}Transfer-Encoding: chunked\r\n\r\n1\r\n{{\r\n"),
        "\r\n".to_owned(),
    ];
    let mut open: Vec<(TcpStream, usize)> = Vec::new();
    for _ in 0..10 {
        for request in 0..requests.len() {
            open.push((Attacker::new(1, 1).connect(&siege.host).await, request));
        }
    }
    let bodies = open.split_off(30);
    // Bodies begin at once and never end; heads arrive byte by byte.
    let mut slow = Vec::new();
    for (mut socket, request) in bodies {
        let _ = socket.write_all(requests[request].as_bytes()).await;
        slow.push(socket);
    }
    let mut sent = 0;
    while !open.is_empty() {
        let mut left = Vec::new();
        for (mut socket, request) in open {
            let bytes = requests[request].as_bytes();
            let byte = bytes[sent.min(bytes.len() - 1)];
            // A write fails a moment after the server has closed.
            if socket.write_all(&[byte]).await.is_ok()
                && socket.try_read(&mut [0; 1024]).map_or(true, |count| count > 0)
            {
                left.push((socket, request));
            }
        }
        open = left;
        sent += 1;
        siege.stands().await;
    }
    for mut socket in slow {
        let _ = socket.write_all(b"x").await;
        let head = read_head(&mut socket).await;
        assert!(head.is_empty() || head.contains(" 408 ") || head.contains(" 400 "), "{head}");
    }
    siege.stands().await;
}

#[tokio::test]
async fn guessed_tickets_are_refused_and_guess_nothing() {
    let mut siege = Siege::begin().await;
    let real = siege.host.reserve("real").await.ticket;
    let seats = siege.host.seats_taken();
    // Almost the real ticket: one digit more, one less, a different digit, another case.
    let mut guesses =
        vec![real[1..].to_owned(), real[..real.len() - 1].to_owned(), format!("{real}0"), real.to_uppercase()];
    for at in 0..real.len().min(64) {
        let mut bytes = real.clone().into_bytes();
        bytes[at] = if bytes[at] == b'7' { b'8' } else { b'7' };
        guesses.push(String::from_utf8(bytes).expect("plain ASCII"));
    }
    guesses.retain(|guess| *guess != real);
    for (guess, transport) in guesses.iter().zip(live::ALL.into_iter().cycle()) {
        let (mut link, _) = siege.host.raw(transport).await;
        link.hello(guess).await;
        let (reason, _) = link.goodbye().await;
        assert_eq!(reason, shared::wire::DisconnectReason::BadTicket, "{guess}");
    }
    // The real one still works, once.
    let answer = siege.host.reserve("again").await;
    let mut link = live::raw::RawLink::connect(&answer, live::Transport::Quic).await;
    link.hello(&answer.ticket).await;
    link.welcome().await;
    let mut again = live::raw::RawLink::connect(&answer, live::Transport::Quic).await;
    again.hello(&answer.ticket).await;
    assert_eq!(again.goodbye().await.0, shared::wire::DisconnectReason::BadTicket);
    until("the seats of lost tickets", &mut siege.witnesses, |_| true).await;
    assert!(siege.host.seats_taken() >= seats);
    siege.stands().await;
}
