package dev.parley.store.sql;

import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import org.hibernate.type.NumericBooleanConverter;
import org.jspecify.annotations.Nullable;

/**
 * The columns of {@code sessions} that discovery reads. An entity belongs to one persistence unit, so each engine has an empty subclass
 * named {@code Session}, and shares these columns and all queries.
 */
@MappedSuperclass
@SuppressWarnings("NullAway.Init") // Hibernate fills the fields
public abstract class SessionRow {
    @Id
    @Nullable
    Long id;

    String namespace;
    String code;

    @Nullable
    String topic;

    @Column(name = "peer_id")
    @Nullable
    String peerId;

    String tags;

    /** 0 or 1 on each engine, so that queries match the partial indexes. */
    @Convert(converter = NumericBooleanConverter.class)
    boolean answered;

    /** Whether an earlier generation was answered; 0 or 1 as {@link #answered}. */
    @Column(name = "answered_before")
    @Convert(converter = NumericBooleanConverter.class)
    boolean answeredBefore;

    @Nullable
    Long incarnation;

    @Column(name = "created_at")
    long createdAt;

    @Column(name = "expires_at")
    long expiresAt;

    @Nullable
    Long checksum;
}
