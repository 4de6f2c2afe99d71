package dev.parley.campaigns.histories;

import dev.parley.store.Database;
import dev.parley.store.NodeState;
import dev.parley.store.ReadFrom;
import dev.parley.store.ReplyPosition;
import dev.parley.store.Served;
import dev.parley.store.Work;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A database that does everything as the one behind it; a fault overrides what it does otherwise. */
class DelegatingDatabase implements Database {
    final Database sound;

    DelegatingDatabase(Database sound) {
        this.sound = sound;
    }

    @Override
    public <T> CompletionStage<Served<T>> write(Work<T> work) {
        return sound.write(work);
    }

    @Override
    public <T> CompletionStage<Served<T>> read(ReadFrom from, Work<T> work) {
        return sound.read(from, work);
    }

    @Override
    public <T> CompletionStage<Served<T>> scan(ReadFrom from, Work<T> work) {
        return sound.scan(from, work);
    }

    @Override
    public boolean takeRoom(long bytes) {
        return sound.takeRoom(bytes);
    }

    @Override
    public ReplyPosition position(ReadFrom from) {
        return sound.position(from);
    }

    @Override
    public List<NodeState> nodes() {
        return sound.nodes();
    }

    @Override
    public void close() {
        sound.close();
    }
}
