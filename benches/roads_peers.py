"""The peers of the road benchmarks, each run in a process of its own by benches/roads: nothing of theirs is linked.

    roads_peers.py pandana  FOLDER
    roads_peers.py scipy    FOLDER
    roads_peers.py osrm     FOLDER              the same graph, through osrm-extract and osrm-contract
    roads_peers.py extract  FOLDER EXTRACT…     time of osrm-extract on OpenStreetMap extracts, flat profile
    roads_peers.py compare  FOLDER EXTRACT      OSRM's seconds for the pairs of FOLDER/pairs.csv, flat profile
    roads_peers.py valhalla FOLDER EXTRACT      isochrone polygons around the places of FOLDER/places.csv

FOLDER holds a graph as raw little-endian arrays written by the benchmark: points.i32 (longitude and latitude, 1e-7
degree, by turns), tails.u32, heads.u32, times.u32 (tenths of a second), and what is asked: sources.u32, targets.u32
(matrix), starts.u32 (bounded searches), facilities.u32 (nearest of). Answers go to FOLDER as arrays of the same kind
(u32, 4294967295 for out of reach), so that the benchmark checks them against its own; figures go to standard output, one
JSON object a line: work, wall and cpu (seconds), and what else is worth knowing.

pandana and SciPy are imported. OSRM and Valhalla are the executables of their PyPI wheels, unpacked without being
installed (PACTE_PAIRS names the folder), because the wheels ask for a newer Python than Debian 12 has. Their servers are
asked over HTTP on this machine; their own processor time is read from the kernel.
"""

import csv
import json
import os
import resource
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np

HOUR, HALF = 36_000, 18_000  # tenths of a second
NEVER = 2**32 - 1
HERE = Path(__file__).resolve().parent
THREADS = os.cpu_count() or 1


def say(work, wall, cpu, **more):
    print(json.dumps({"work": work, "wall": wall, "cpu": cpu, **more}), flush=True)


def timed(act):
    """What an act gives, and its wall and processor seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    given = act()
    return given, time.perf_counter() - wall, time.process_time() - cpu


def median(values):
    return float(np.median(values))


class Graph:
    def __init__(self, folder):
        read = lambda name, kind="<u4": np.fromfile(folder / name, dtype=kind)  # noqa: E731
        self.folder = folder
        self.points = read("points.i32", "<i4").reshape(-1, 2)
        self.tails, self.heads, self.times = read("tails.u32"), read("heads.u32"), read("times.u32")
        self.sources, self.targets = read("sources.u32"), read("targets.u32")
        self.starts, self.facilities = read("starts.u32"), read("facilities.u32")

    def degrees(self):
        return self.points[:, 0] * 1e-7, self.points[:, 1] * 1e-7

    def keep(self, name, values):
        """Writes times, rounded to tenths of a second; out of reach is NEVER."""
        values = np.asarray(values, dtype="<f8")
        out = np.full(values.shape, NEVER, dtype="<u4")
        known = np.isfinite(values) & (values < NEVER)
        out[known] = np.rint(values[known])
        out.tofile(self.folder / name)


# ---------------------------------------------------------------------------------------------------------------- pandana


def pandana(folder):
    import pandana
    import pandas as pd

    graph = Graph(folder)
    x, y = graph.degrees()
    net, wall, cpu = timed(
        lambda: pandana.Network(
            pd.Series(x),
            pd.Series(y),
            pd.Series(graph.tails.astype(np.int64)),
            pd.Series(graph.heads.astype(np.int64)),
            pd.DataFrame({"t": graph.times.astype(np.float64)}),
            twoway=False,
        )
    )
    say("prepare", wall, cpu)
    walls, cpus, found = [], [], []
    for start in graph.starts:
        reached, wall, cpu = timed(lambda start=start: net.nodes_in_range([int(start)], HALF))
        walls.append(wall)
        cpus.append(cpu)
        found.append(len(reached))
    say("search30", median(walls), median(cpus), settled=median(found))
    origins, destinations = np.repeat(graph.sources, len(graph.targets)), np.tile(graph.targets, len(graph.sources))
    lengths, wall, cpu = timed(lambda: net.shortest_path_lengths(origins.astype(np.int64), destinations.astype(np.int64)))
    lengths = np.asarray(lengths, dtype=float)
    # pandana says 4294967.295 where no way leads.
    lengths[lengths > 4e6] = np.inf
    graph.keep("pandana.matrix.u32", lengths)
    say("matrix", wall, cpu, pairs=len(lengths))
    fx, fy = x[graph.facilities], y[graph.facilities]
    _, set_wall, set_cpu = timed(lambda: net.set_pois("f", HOUR * 10, 1, pd.Series(fx), pd.Series(fy)))
    near, wall, cpu = timed(lambda: net.nearest_pois(HOUR * 10, "f", num_pois=1))
    say("nearest", wall + set_wall, cpu + set_cpu, nodes=len(near))


# ------------------------------------------------------------------------------------------------------------------ SciPy


def scipy(folder):
    from scipy.sparse import coo_matrix, csr_matrix
    from scipy.sparse.csgraph import dijkstra

    graph = Graph(folder)
    nodes = len(graph.points)
    # Parallel arcs would be summed: the quickest is kept.
    order = np.lexsort((graph.times, graph.heads, graph.tails))
    tails, heads, times = graph.tails[order], graph.heads[order], graph.times[order]
    first = np.ones(len(tails), dtype=bool)
    first[1:] = (tails[1:] != tails[:-1]) | (heads[1:] != heads[:-1])
    rows = coo_matrix((times[first].astype(float), (tails[first], heads[first])), shape=(nodes, nodes)).tocsr()
    walls, cpus, found = [], [], []
    for start in graph.starts:
        reached, wall, cpu = timed(lambda start=start: dijkstra(rows, indices=int(start), limit=HOUR))
        walls.append(wall)
        cpus.append(cpu)
        found.append(int(np.isfinite(reached).sum()))
    say("search60", median(walls), median(cpus), settled=median(found))
    few = graph.sources[:50]
    out, wall, cpu = timed(lambda: dijkstra(rows, indices=few.astype(np.int64), limit=HOUR)[:, graph.targets])
    graph.keep("scipy.matrix60.u32", out)
    say("matrix60", wall, cpu, sources=len(few), pairs=int(np.isfinite(out).sum()))
    reverse = csr_matrix(rows.T)
    out, wall, cpu = timed(lambda: dijkstra(reverse, indices=graph.facilities.astype(np.int64), min_only=True))
    graph.keep("scipy.nearest.u32", out)
    say("nearest", wall, cpu)


# -------------------------------------------------------------------------------------------------- executables of wheels


def tool(peer, name):
    return str(Path(os.environ["PACTE_PAIRS"]) / peer / "bin" / name)


def run(arguments, **options):
    """Runs a program to its end: wall and processor seconds."""
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{arguments[0]}: {done.returncode}\n{done.stdout[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter() - wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


class Server:
    """A server of a peer, stopped at the end."""

    def __init__(self, arguments, port, probe):
        self.root = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(600):
            try:
                urllib.request.urlopen(self.root + probe, timeout=60).read()
                return
            except urllib.error.HTTPError:
                return
            except OSError:
                if self.process.poll() is not None:
                    sys.exit(f"{arguments[0]} stopped: {self.process.returncode}")
                time.sleep(0.1)
        sys.exit(f"{arguments[0]} does not answer")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def cpu(self):
        """Processor seconds of the server so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def ask(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.root + path, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=600) as answer:
            return answer.read()

    def timed(self, path, body=None):
        """An answer, its wall seconds seen from here, and the server's own processor seconds."""
        wall, cpu = time.perf_counter(), self.cpu()
        answer = self.ask(path, body)
        return answer, time.perf_counter() - wall, self.cpu() - cpu


# ------------------------------------------------------------------------------------------------------------------- OSRM


def routed(base, port, largest=100):
    arguments = [tool("osrm", "osrm-routed"), "-i", "127.0.0.1", "-p", str(port), "-t", "1"]
    return Server([*arguments, "--max-table-size", str(largest), base], port, "/nearest/v1/driving/0,0")


def write_osm(graph, path):
    """The graph as OpenStreetMap XML: a way an edge, each with its time. Arcs with the same time both ways make one way."""
    with open(path, "w") as out:
        out.write('<?xml version="1.0"?>\n<osm version="0.6">\n')
        for node, (lon, lat) in enumerate(graph.points.tolist(), 1):
            out.write(f'<node id="{node}" lat="{lat * 1e-7:.7f}" lon="{lon * 1e-7:.7f}"/>\n')
        least = {}
        for tail, head, tenths in zip(graph.tails.tolist(), graph.heads.tolist(), graph.times.tolist()):
            if tail != head:
                least[tail, head] = min(tenths, least.get((tail, head), NEVER))
        way = 0
        for (tail, head), tenths in least.items():
            both = least.get((head, tail)) == tenths
            if both and tail > head:
                continue
            way += 1
            tags = f'<tag k="highway" v="road"/><tag k="tenths" v="{tenths}"/>'
            tags += "" if both else '<tag k="oneway" v="yes"/>'
            out.write(f'<way id="{way}"><nd ref="{tail + 1}"/><nd ref="{head + 1}"/>{tags}</way>\n')
        out.write("</osm>\n")


def osrm(folder):
    graph = Graph(folder)
    source = folder / "graph.osm"
    write_osm(graph, source)
    profile = str(HERE / "roads" / "edges.lua")
    wall, cpu = run([tool("osrm", "osrm-extract"), "-t", str(THREADS), "-p", profile, str(source)])
    say("extract", wall, cpu)
    base = str(folder / "graph.osrm")
    wall, cpu = run([tool("osrm", "osrm-contract"), "-t", str(THREADS), base])
    say("contract", wall, cpu)
    x, y = graph.degrees()
    places = np.concatenate([graph.sources, graph.targets])
    coordinates = [[round(float(x[p]), 7), round(float(y[p]), 7)] for p in places]
    with routed(base, 5791, len(places)) as server:
        answer = ask_table(server, coordinates, len(graph.sources))
    graph.keep("osrm.matrix.u32", np.array(json.loads(answer)["durations"], dtype=float) * 10)


def ask_table(server, coordinates, sources):
    """A table from the first coordinates to the others, and what one row of it costs: journey and snapping."""
    destinations = list(range(sources, len(coordinates)))
    body = {"coordinates": coordinates, "destinations": destinations, "generate_hints": False}
    _, one_wall, one_cpu = server.timed("/table/v1/driving", {**body, "sources": [0]})
    answer, wall, cpu = server.timed("/table/v1/driving", {**body, "sources": list(range(sources))})
    say("table", wall, cpu, bytes=len(answer), one_row_wall=one_wall, one_row_cpu=one_cpu)
    return answer


def prepare_osrm(folder, extract, contract):
    place = folder / Path(extract).name
    if not place.exists():
        place.symlink_to(Path(extract).resolve())
    profile = str(HERE / "roads" / "flat.lua")
    wall, cpu = run([tool("osrm", "osrm-extract"), "-t", str(THREADS), "-p", profile, str(place)])
    say("extract", wall, cpu, file=place.name, megabytes=place.stat().st_size / 1e6)
    base = str(place).removesuffix(".osm.pbf") + ".osrm"
    if contract:
        wall, cpu = run([tool("osrm", "osrm-contract"), "-t", str(THREADS), base])
        say("contract", wall, cpu, file=place.name)
    return base


def extract(folder, extracts):
    for one in extracts:
        prepare_osrm(folder, one, contract=False)


def compare(folder, source):
    """OSRM's seconds beside ours. pairs.csv: lon1, lat1, lon2, lat2, seconds (empty when we find no way),
    and straight, the same without turning back at junctions, which OSRM never does."""
    base = prepare_osrm(folder, source, contract=True)
    with open(folder / "pairs.csv", newline="") as file:
        pairs = list(csv.DictReader(file))
    with open(folder / "table.csv", newline="") as file:
        table = [[float(row["lon"]), float(row["lat"])] for row in csv.DictReader(file)]
    with routed(base, 5792, max(len(table), 100)) as server, open(folder / "compared.csv", "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["lon1", "lat1", "lon2", "lat2", "ours", "straight", "osrm", "snap1", "snap2", "metres"])
        gaps, shares, straights, worst, apart, alone = [], [], [], [], 0, [0, 0]
        for pair in pairs:
            ends = [pair["lon1"], pair["lat1"], pair["lon2"], pair["lat2"]]
            path = "/route/v1/driving/{},{};{},{}?overview=false".format(*ends)
            try:
                answer = json.loads(server.ask(path))
            except urllib.error.HTTPError as refused:
                answer = json.loads(refused.read())
            route = answer["routes"][0] if answer["code"] == "Ok" else None
            snaps = [point["distance"] for point in answer.get("waypoints", [])] or ["", ""]
            theirs = route["duration"] if route else None
            ours = float(pair["seconds"]) if pair["seconds"] else None
            metres = route["distance"] if route else ""
            writer.writerow([*ends, pair["seconds"], pair["straight"], "" if theirs is None else theirs, *snaps, metres])
            if ours is None or theirs is None:
                alone[0] += ours is not None
                alone[1] += theirs is not None
            elif max(snaps) > 1.0:
                # The place is not on a road OSRM keeps: the ways are not between the same places.
                apart += 1
            else:
                gaps.append(theirs - ours)
                shares.append(abs(theirs - ours) / max(ours, 1.0))
                straight = float(pair["straight"] or "inf")
                straights.append(abs(theirs - straight) / max(straight, 1.0))
                worst.append((abs(theirs - straight), straight, ours, theirs, *map(float, ends)))
        ask_table(server, table, len(table) // 2)
    say(
        "compare",
        0.0,
        0.0,
        file=Path(source).name,
        pairs=len(pairs),
        compared=len(gaps),
        apart=apart,
        only_ours=alone[0],
        only_osrm=alone[1],
        equal=float(np.mean(np.abs(gaps) <= 0.1)) if gaps else None,
        seconds={q: float(np.quantile(gaps, q)) for q in (0.0, 0.01, 0.1, 0.5, 0.9, 0.99, 1.0)} if gaps else None,
        share={q: float(np.quantile(shares, q)) for q in (0.5, 0.9, 0.99, 1.0)} if shares else None,
        straight_share={q: float(np.quantile(straights, q)) for q in (0.5, 0.9, 0.99, 1.0)} if straights else None,
        worst=sorted(worst, reverse=True)[:12],
    )


# --------------------------------------------------------------------------------------------------------------- Valhalla


def valhalla(folder, source):
    """places.csv: lon, lat."""
    tiles = folder / "tiles"
    tiles.mkdir(exist_ok=True)
    sys.path.insert(0, os.environ["PACTE_PAIRS"])
    defaults = subprocess.run(
        [sys.executable, str(Path(os.environ["PACTE_PAIRS"]) / "valhalla" / "valhalla_build_config.py")],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    ).stdout
    config = json.loads(defaults)
    config["mjolnir"].update(tile_dir=str(tiles), tile_extract="", traffic_extract="", admin="", timezone="", concurrency=THREADS)
    config["httpd"]["service"]["listen"] = "tcp://127.0.0.1:5793"
    path = folder / "valhalla.json"
    path.write_text(json.dumps(config))
    wall, cpu = run([tool("valhalla", "valhalla_build_tiles"), "-c", str(path), source])
    say("tiles", wall, cpu, file=Path(source).name)
    with open(folder / "places.csv", newline="") as file:
        places = [(float(row["lon"]), float(row["lat"])) for row in csv.DictReader(file)]
    with Server([tool("valhalla", "valhalla_service"), str(path), "1"], 5793, "/status") as server:
        for minutes in (30, 60):
            walls, cpus = [], []
            for lon, lat in places:
                body = {
                    "locations": [{"lon": lon, "lat": lat}],
                    "costing": "auto",
                    "contours": [{"time": minutes}],
                    "polygons": True,
                    "generalize": 0,
                }
                _, wall, cpu = server.timed("/isochrone", body)
                walls.append(wall)
                cpus.append(cpu)
            say(f"isochrone{minutes}", median(walls), float(np.mean(cpus)), places=len(places))


if __name__ == "__main__":
    work, folder, *rest = sys.argv[1:]
    folder = Path(folder)
    {
        "pandana": lambda: pandana(folder),
        "scipy": lambda: scipy(folder),
        "osrm": lambda: osrm(folder),
        "extract": lambda: extract(folder, rest),
        "compare": lambda: compare(folder, rest[0]),
        "valhalla": lambda: valhalla(folder, rest[0]),
    }[work]()
